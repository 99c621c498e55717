import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A circuit or contract from the runtime folder. */
export function readArtifact(name) {
  const packed = readFileSync(join(import.meta.dirname, "artifacts", `${name}.gz`));
  return JSON.parse(gunzipSync(packed).toString("utf8"));
}
