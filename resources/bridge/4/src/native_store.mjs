// Stands in for @aztec/native, of which the wallet needs the key-value store alone.

import { createRequire } from "node:module";
import { join } from "node:path";

const native = createRequire(import.meta.url)(join(import.meta.dirname, "nodejs_module.node"));

export const NativeLMDBStore = native.LMDBStore;
export { MsgpackChannel } from "aztec-native/msgpack_channel.js";
