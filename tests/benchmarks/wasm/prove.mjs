// A proof in WebAssembly, as a dapp makes it without a native prover: node prove.mjs OPTIONS < STEPS
// OPTIONS: wasm, g1, grumpkin (files), g2 (hex), threads. Prints {"ms"}, from the steps to the proof, which
// bb checks itself; starting bb is not counted.

import { readFileSync } from "node:fs";
import { BackendType, Barretenberg } from "@aztec/bb.js";
import { Decoder } from "msgpackr";
import { ungzip } from "pako";

const { wasm, g1, g2, grumpkin, threads } = JSON.parse(process.argv[2]);
const points = (file) => {
  const pointsBuf = readFileSync(file);
  return { pointsBuf, numPoints: pointsBuf.length / 64 };
};

// Instead of a download of the genuine points.
Barretenberg.prototype.initSRSChonk = async function () {
  await this.srsInitSrs({ ...points(g1), g2Point: Buffer.from(g2, "hex") });
  await this.srsInitGrumpkinSrs(points(grumpkin));
};

const content = readFileSync(0);
const bb = await Barretenberg.new({ backend: BackendType.Wasm, threads, wasmPath: wasm });
const begin = performance.now();
const steps = new Decoder({ useRecords: false }).decode(content);
bb.chonkStart({ numCircuits: steps.length });
for (const { functionName: name, bytecode, witness, vk: verificationKey } of steps) {
  bb.chonkLoad({ circuit: { name, bytecode: ungzip(bytecode), verificationKey } });
  bb.chonkAccumulate({ witness: ungzip(witness) });
}
await bb.chonkProve({});
process.stdout.write(JSON.stringify({ ms: performance.now() - begin }));
await bb.destroy();
