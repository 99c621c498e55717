// Makes the runtime folder from installed packages: node build.mjs NODE_MODULES PLATFORM OUTPUT
// PLATFORM names a folder of bb.js (amd64-linux); OUTPUT is made and must not exist.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { createRequire } from "node:module";

const [modules, platform, output] = [resolve(process.argv[2]), process.argv[3], resolve(process.argv[4])];
const source = join(import.meta.dirname, "src");
const shared = join(import.meta.dirname, "..", "shared");
const aztec = join(modules, "@aztec");
const { build } = createRequire(join(modules, "x.js"))("esbuild");

mkdirSync(join(output, "artifacts"), { recursive: true });

// Circuits and contracts stay outside the bundle and are read when they are needed; the parts that only
// debuggers read are left out.
// An empty list of debug information, as Noir writes it: deflated, then base64.
const EMPTY_DEBUG_SYMBOLS = deflateRawSync(JSON.stringify({ debug_infos: [] })).toString("base64");

const artifacts = {
  name: "artifacts",
  setup({ onLoad }) {
    onLoad({ filter: /@aztec\/.*\/artifacts\/.*\.json$/ }, ({ path }) => {
      const content = JSON.parse(readFileSync(path, "utf8"));
      const name = basename(path);
      const packed = gzipSync(JSON.stringify(withoutDebugging(content)), { level: 9 });
      writeFileSync(join(output, "artifacts", `${name}.gz`), packed);
      return { contents: `import { readArtifact } from "read-artifact"; export default readArtifact(${JSON.stringify(name)});`, resolveDir: source };
    });
  },
};

function withoutDebugging(artifact) {
  const { file_map: files, debug_symbols: symbols, ...rest } = artifact;
  if (files !== undefined) rest.file_map = {};
  if (symbols !== undefined) rest.debug_symbols = EMPTY_DEBUG_SYMBOLS;
  if (Array.isArray(rest.functions)) {
    rest.functions = rest.functions.map((f) => ({ ...f, debug_symbols: EMPTY_DEBUG_SYMBOLS }));
  }
  return rest;
}

const replaced = new Map([
  [join(aztec, "foundation/dest/log/pino-logger.js"), join(shared, "silent_logger.mjs")],
  [join(aztec, "bb.js/dest/node/bb_backends/node/platform.js"), join(source, "no_native_bb.mjs")],
  [join(aztec, "native/dest/index.js"), join(source, "native_store.mjs")],
]);
const replacements = {
  name: "replacements",
  setup({ onLoad }) {
    // Hashes by the WASM that is there already, called directly, instead of one with threads and a CRS.
    onLoad({ filter: /foundation[\\/]dest[\\/]crypto[\\/]poseidon[\\/]index\.js$/ }, ({ path }) => {
      const content = readFileSync(path, "utf8");
      const imported = "import { Barretenberg } from '@aztec/bb.js';";
      if (!content.includes(imported)) throw new Error(`${path} does not import bb.js as expected.`);
      const direct = imported.replace("Barretenberg", "BarretenbergSync as Barretenberg");
      return { contents: content.replace(imported, direct), loader: "js" };
    });
    onLoad({ filter: /(pino-logger|platform|native[\\/]dest[\\/]index)\.js$/ }, ({ path }) => {
      const replacement = replaced.get(path);
      if (replacement === undefined) return undefined;
      return { contents: readFileSync(replacement), loader: "js", resolveDir: source };
    });
  },
};

const result = await build({
  entryPoints: [join(source, "main.mjs")],
  outfile: join(output, "bridge.mjs"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  minify: true,
  keepNames: true,
  legalComments: "none",
  metafile: true,
  logLevel: "error",
  nodePaths: [modules],
  alias: {
    "aztec-pxe": join(aztec, "pxe/dest"),
    "aztec-native": join(aztec, "native/dest"),
    // Its eval needs the names of a scope of its own, which a bundled ES module does not keep.
    "ordered-binary": join(modules, "ordered-binary/dist/index.cjs"),
    "read-artifact": join(shared, "read_artifact.mjs"),
  },
  banner: {
    js: [
      'import { createRequire as __createRequire } from "node:module";',
      "const require = __createRequire(import.meta.url);",
      "const __filename = import.meta.filename, __dirname = import.meta.dirname;",
    ].join("\n"),
  },
  plugins: [artifacts, replacements],
});

copyFileSync(join(aztec, "bb.js/build", platform, "nodejs_module.node"), join(output, "nodejs_module.node"));
copyFileSync(join(aztec, "noir-acvm_js/nodejs/acvm_js_bg.wasm"), join(output, "acvm_js_bg.wasm"));
copyFileSync(join(aztec, "noir-noirc_abi/nodejs/noirc_abi_wasm_bg.wasm"), join(output, "noirc_abi_wasm_bg.wasm"));
copyFileSync(
  join(aztec, "bb.js/dest/node/barretenberg_wasm/barretenberg-threads.wasm.gz"),
  join(output, "barretenberg-threads.wasm.gz"),
);
if (process.env.BRIDGE_METAFILE) writeFileSync(process.env.BRIDGE_METAFILE, JSON.stringify(result.metafile));
