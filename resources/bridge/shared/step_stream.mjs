// The steps of one proof on their way to Python, each as soon as it is made, while later ones are computed.

import { BridgeError } from "./peer.mjs";

const MAX_IN_FLIGHT = 4; // steps that Python has not taken yet; the others wait, not yet serialized

export class StepStream {
  #peer;
  #serialize;
  #proof = null;
  #failure = null;
  #added = [];
  #sent = 0;
  #inFlight = 0;
  #drained = null;

  /** serialize: one step -> its msgpack as a Buffer. */
  constructor(peer, serialize) {
    this.#peer = peer;
    this.#serialize = serialize;
  }

  /** Python may begin to prove so many circuits. */
  announce(circuits) {
    this.#proof = this.#peer.request("prove", { circuits });
    this.#proof.catch((error) => this.#fail(error));
  }

  /** There will be another number of circuits than was announced. */
  expect(circuits) {
    this.#peer.notify("expect", { circuits });
  }

  /** The next step; resolves when the event loop has had a turn, so that messages get out and in. */
  async add(step) {
    if (this.#failure) throw this.#failure;
    this.#added.push(step);
    this.#pump();
    await new Promise(setImmediate);
    if (this.#failure) throw this.#failure;
  }

  /** The proof's bytes; `steps` are all of them, added before or not. */
  async finish(steps) {
    if (this.#proof === null) {
      this.announce(steps.length);
      for (const step of steps) await this.add(step);
    }
    if (!isSame(steps, this.#added)) throw new BridgeError("internal", "other steps than were handed over");
    while (this.#sent < steps.length || this.#inFlight) {
      if (this.#failure) throw this.#failure;
      await new Promise((resolve) => (this.#drained = resolve));
    }
    this.#peer.notify("complete");
    const { attachment } = await this.#proof;
    return attachment;
  }

  #pump() {
    while (this.#inFlight < MAX_IN_FLIGHT && this.#sent < this.#added.length && !this.#failure) {
      const index = this.#sent++;
      const bytes = this.#serialize(this.#added[index]);
      this.#inFlight++;
      this.#peer.request("step", { index }, bytes).then(
        () => this.#taken(),
        (error) => this.#fail(error),
      );
    }
  }

  #taken() {
    this.#inFlight--;
    this.#pump();
    this.#drained?.();
  }

  #fail(error) {
    this.#failure ??= error;
    this.#drained?.();
  }
}

function isSame(steps, others) {
  return (
    steps.length === others.length &&
    steps.every(
      ({ functionName, bytecode, witness, vk }, index) =>
        functionName === others[index].functionName &&
        bytecode === others[index].bytecode &&
        witness === others[index].witness &&
        vk.equals(others[index].vk),
    )
  );
}
