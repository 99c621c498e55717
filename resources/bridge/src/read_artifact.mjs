import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A circuit or contract from the runtime folder. */
export const readArtifact = (name) => JSON.parse(readFileSync(join(import.meta.dirname, "artifacts", name), "utf8"));
