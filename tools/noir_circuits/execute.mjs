// node execute.mjs FOLDER: execute every circuit of FOLDER/inputs.json ({name: inputs}), which are compiled there.
//
// Writes witnesses.json there: {name: gzip'ed witness in base64}.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , folder] = process.argv;
const { Noir } = createRequire(join(process.cwd(), 'here'))('@noir-lang/noir_js');
const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`)));
const witnesses = {};
for (const [name, inputs] of Object.entries(read('inputs'))) {
  const { witness } = await new Noir(read(name)).execute(inputs);
  witnesses[name] = Buffer.from(witness).toString('base64');
}
writeFileSync(join(folder, 'witnesses.json'), JSON.stringify(witnesses));
