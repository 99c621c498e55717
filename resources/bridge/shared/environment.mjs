// Comes first: Aztec's packages read these when they are loaded.

import { join } from "node:path";

process.env.BB_WASM_PATH = join(import.meta.dirname, "barretenberg-threads.wasm.gz");
process.env.LOG_LEVEL = "silent";
