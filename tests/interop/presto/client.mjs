// Presto's client in Node: node client.mjs FOLDER OPTIONS < BODY prints what it did, as JSON.
// FOLDER has node_modules. OPTIONS: aztecVersion, presto, origin, which browsers add for a page, and scheme.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, options] = process.argv.slice(2);
const { aztecVersion, presto, origin, scheme = "chonk" } = JSON.parse(options);
const core = createRequire(`${folder}/`).resolve("@alejoamiras/presto-core");
const { PrestoClient } = await import(pathToFileURL(core));
const body = readFileSync(0);

if (origin !== undefined) {
  const asProgram = fetch;
  globalThis.fetch = (url, init) => asProgram(url, { ...init, headers: { ...init.headers, origin } });
}

const phases = [];
const client = new PrestoClient({ aztecVersion, presto, onPhase: (phase) => phases.push(phase) });
const status = await client.checkStatus();
const [path, contentType] = {
  chonk: ["/prove", "application/octet-stream"],
  ultra_honk: ["/prove/ultra-honk", "application/json"],
}[scheme];
const request = { path, contentType, scheme, body: () => body };
const begin = performance.now();
const outcome = await client.prove(request).catch(({ name, status, code, message }) => ({
  kind: "throws", reason: `${name} ${status} ${code}`, message,
}));
process.stdout.write(JSON.stringify({ ...outcome, phases, status, ms: performance.now() - begin }));
