// Stands in for bb.js's search for a bb beside it: hashes come from its WASM, proofs from Python.

export const findBbBinary = () => null;
export const findNapiBinary = () => null;
export const findPackageRoot = () => null;
export const detectPlatform = () => null;
