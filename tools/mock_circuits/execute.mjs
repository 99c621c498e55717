// node execute.mjs FOLDER CALLS RESET: execute the circuits of one transaction with CALLS app calls.
//
// FOLDER has the compiled circuits, and keys.json: {name: {fields, hash}}. RESET is the name of a reset
// circuit, or nothing. Writes transaction.json there: [[name, witness in base64], …] in proving order.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , folder, calls, reset] = process.argv;
const { Noir } = createRequire(join(process.cwd(), 'here'))('@noir-lang/noir_js');
const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`)));
const keys = read('keys');
const steps = [];

async function run(name, inputs) {
  const { witness, returnValue } = await new Noir(read(name)).execute(inputs);
  steps.push([name, Buffer.from(witness).toString('base64')]);
  return returnValue;
}

const call = async (commitments) => ({ app: await run('app', { commitments }), app_key: keys.app });

let output = await run('init', { calls: Number(calls), ...(await call(['0x1', '0x2'])) });
const next = async (name, inputs = {}) => {
  const previous_key = keys[steps.findLast(([step]) => step !== 'app')[0]];
  output = await run(name, { previous: output, previous_key, ...inputs });
};
for (let made = 1; made < Number(calls); made++) await next('inner', await call(['0x3', '0x4']));
if (reset) await next(reset);
await next('tail');
await next('hiding');
writeFileSync(join(folder, 'transaction.json'), JSON.stringify(steps));
