// node compile.mjs FOLDER: compile every Noir package in FOLDER; writes NAME.json beside NAME/.
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , folder] = process.argv;
const { compile_program, createFileManager } = createRequire(join(process.cwd(), 'here'))('@noir-lang/noir_wasm');
const packages = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of packages) {
  const { program } = await compile_program(createFileManager(join(folder, name)));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(program));
}
