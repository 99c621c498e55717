// The wallet's own connection to its node: as Aztec's, with answers that are bounded and counted.

import { jsonStringify } from "@aztec/foundation/json-rpc";
import { NoRetryError, makeBackoff, retry } from "@aztec/foundation/retry";

const SECONDS_BETWEEN_ATTEMPTS = [1, 2, 3];
const MAX_ANSWER_BYTES = 256 << 20; // fifty checkpoints with all their blocks

/** A `fetch` for Aztec's JSON-RPC client; `activity` hears of every exchange. */
export function nodeFetch(activity, log) {
  return (url, body, headers = {}) => {
    const content = jsonStringify(body);
    const exchange = () => activity.asking(() => post(url, content, headers, activity));
    return retry(exchange, "a request", makeBackoff(SECONDS_BETWEEN_ATTEMPTS), log, false);
  };
}

async function post(url, body, headers, activity) {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
    redirect: "error",
  });
  const content = await text(response, activity);
  if (!response.ok) {
    const { status } = response;
    const repeatable = status >= 500 || status === 429;
    throw new (repeatable ? Error : NoRetryError)(`HTTP status ${status}: ${content.slice(0, 1000)}`);
  }
  return { response: JSON.parse(content), headers: response.headers };
}

async function text(response, activity) {
  const chunks = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    activity.received(chunk.length);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new NoRetryError("The answer is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString("utf8");
}
