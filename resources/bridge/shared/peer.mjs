// JSON-RPC 2.0 in both directions over one pair of streams; a frame's raw bytes belong to its message.

import { encodeFrame, readFrames } from "./frames.mjs";

export const METHOD_NOT_FOUND = -32601;
export const INVALID_REQUEST = -32600;

/** An error that Python maps by `kind`; `detail` can quote a transaction and is only kept for diagnosis. */
export class BridgeError extends Error {
  constructor(kind, detail) {
    super(kind);
    this.kind = kind;
    this.detail = detail;
  }
}

export class Peer {
  #output;
  #methods;
  #waiting = new Map();
  #lastId = 0;

  /** methods: name -> async (params, attachment) => result */
  constructor(output, methods) {
    this.#output = output;
    this.#methods = methods;
  }

  /** Serves until the input ends; throws when what arrives is no JSON-RPC. */
  async serve(input) {
    for await (const { message, attachment } of readFrames(input)) {
      if (message === null || typeof message !== "object" || message.jsonrpc !== "2.0") {
        throw new TypeError("A frame holds no JSON-RPC 2.0.");
      }
      if (typeof message.method === "string") void this.#answer(message, attachment);
      else this.#settle(message, attachment);
    }
  }

  notify(method, params) {
    this.#send({ jsonrpc: "2.0", method, params });
  }

  /** Ask Python; resolves to {result, attachment}, rejects with its error. */
  request(method, params, attachment) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ jsonrpc: "2.0", id, method, params }, attachment);
    });
  }

  /** Everything that Python was asked fails now. */
  rejectRequests(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async #answer({ id, method, params }, attachment) {
    try {
      if (!Object.hasOwn(this.#methods, method)) {
        throw Object.assign(new BridgeError("method-not-found", method), { rpcCode: METHOD_NOT_FOUND });
      }
      const result = await this.#methods[method](params ?? {}, attachment);
      if (id !== undefined) this.#send({ jsonrpc: "2.0", id, result: result ?? null });
    } catch (error) {
      if (id === undefined) return;
      const kind = error instanceof BridgeError ? error.kind : "internal";
      const detail = String((error instanceof BridgeError ? error.detail : error?.stack) ?? "");
      const data = { kind, detail: detail.slice(0, 16_384) };
      this.#send({ jsonrpc: "2.0", id, error: { code: error.rpcCode ?? -32000, message: kind, data } });
    }
  }

  #settle({ id, result, error }, attachment) {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return; // of a request that was cancelled meanwhile
    this.#waiting.delete(id);
    if (error) waiting.reject(new BridgeError(String(error.data?.kind ?? "refused"), String(error.message)));
    else waiting.resolve({ result, attachment });
  }

  #send(message, attachment) {
    for (const part of encodeFrame(message, attachment)) if (part.length) this.#output.write(part);
  }
}
