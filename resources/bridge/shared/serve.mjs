// The bridge as a process: it serves Python until its standard input ends, and writes nothing but frames.

import { Activity } from "./activity.mjs";
import { Peer } from "./peer.mjs";

/** Serve `methods` (name -> async (params, attachment) => result); returns the peer and the told activity. */
export function serve(methods) {
  process.umask(0o077);
  console.log = console.info = console.debug = console.warn = console.error = () => {};
  process.stdout.on("error", () => process.exit(1)); // Python is gone
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const peer = new Peer(process.stdout, methods);
  peer.notify("ready", { pid: process.pid, node: process.versions.node });
  const activity = new Activity((told) => peer.notify("alive", told));
  peer.serve(process.stdin).then(() => process.exit(0), fail);
  return { peer, activity };
}

function fail(error) {
  process.stderr.write(`${error?.name ?? "Error"} in the wallet bridge\n`);
  process.exit(1);
}
