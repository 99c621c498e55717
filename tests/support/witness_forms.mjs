// Whether the bridge writes witnesses as noir does: node witness_forms.mjs NODE_MODULES STEPS_MODULE RECORDING

import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const [modules, stepsModule, recording] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const { unpack } = require("msgpackr");
registerHooks({ resolve: (name, context, next) => next(name === "msgpackr" ? join(modules, "msgpackr/index.js") : name, context) });

const acvm = require(join(modules, "@aztec/noir-acvm_js/nodejs/acvm_js.js"));
const abi = require(join(modules, "@aztec/noir-noirc_abi/nodejs/noirc_abi_wasm.js"));
const { serializeStep, serializeWitness } = await import(stepsModule);

const value = (number) => `0x${number.toString(16).padStart(64, "0")}`;
const recorded = unpack(readFileSync(recording));
const witnesses = [
  ...recorded.map((step) => acvm.decompressWitness(step.witness)),
  new Map(),
  new Map([0, 127, 128, 255, 256, 65_535, 65_536, 0xffff_ffff].map((index) => [index, value(index)])),
  new Map(Array.from({ length: 65_537 }, (_, index) => [index, value(index)])),
];
for (const [number, witness] of witnesses.entries()) {
  if (!gunzipSync(abi.serializeWitness(witness)).equals(gunzipSync(serializeWitness(witness)))) {
    throw new Error(`witness ${number} differs`);
  }
}
for (const wrong of ["0x1", `0x${"g".repeat(64)}`]) {
  let refused = false;
  try {
    serializeWitness(new Map([[0, wrong]]));
  } catch {
    refused = true;
  }
  if (!refused) throw new Error(`${wrong} was taken`);
}
const [step] = recorded;
const again = unpack(serializeStep({ ...step, witness: witnesses[0] }));
if (!again.bytecode.equals(step.bytecode) || !again.vk.equals(step.vk) || again.functionName !== step.functionName) {
  throw new Error("the step differs");
}
console.log(`${witnesses.length} alike`);
