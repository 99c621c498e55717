// One transaction at a time: what it tells while it runs, and how long its parts take.

import { BridgeError } from "./peer.mjs";

/** What an operation tells while it runs; `stream` takes its steps and has the proof made. */
export class Observer {
  constructor({ simulated, stream, sending, sent }) {
    Object.assign(this, { simulated, stream, sending, sent });
  }
}

/** Times the operation that runs, and connects PXE's prover with it; PXE runs one at a time. */
export class OperationClock {
  #observer = null;
  #begun = 0;
  #syncMs = 0;
  #proofFailure = null;
  #told = false;
  #proved = 0;
  #sendingSince = 0;

  begin(observer) {
    if (this.#observer) throw new BridgeError("busy", "an operation is running");
    this.#observer = observer;
    this.#begun = performance.now();
    this.#syncMs = 0;
    this.#proofFailure = null;
    this.#told = false;
    this.#proved = 0;
  }

  end() {
    this.#observer = null;
  }

  measureSync(synchronizer) {
    const sync = synchronizer.sync.bind(synchronizer);
    synchronizer.sync = async (...of) => {
      const begun = performance.now();
      try {
        return await sync(...of);
      } finally {
        this.#syncMs += performance.now() - begun;
      }
    };
  }

  /** Takes the steps of the running operation; throws what ended its proof. */
  get stream() {
    const { stream } = this.#observer;
    return {
      announce: (circuits) => stream.announce(circuits),
      expect: (circuits) => stream.expect(circuits),
      add: (step) => this.#ofProof(() => stream.add(step)),
    };
  }

  /** The proof's bytes, of all steps of the operation. */
  async prove(steps) {
    const { stream } = this.#observer;
    this.#tell(steps.map(({ functionName, timings }) => ({ name: functionName, ms: timings?.witgen ?? 0 })));
    const proof = await this.#ofProof(() => stream.finish(steps));
    this.#proved = performance.now();
    return proof;
  }

  simulatedWithoutProof(timings) {
    if (this.#told) return;
    this.#tell((timings?.perFunction ?? []).map(({ functionName, time }) => ({ name: functionName, ms: time })));
  }

  /** The transaction is whole; what PXE did with the proof since it came counts as its own time. */
  sending(txHash) {
    this.#sendingSince = performance.now();
    this.#observer.sending(txHash, this.#proved ? this.#sendingSince - this.#proved : 0);
  }

  sent() {
    this.#observer.sent(performance.now() - this.#sendingSince);
  }

  /** As `attempt`, but a failed proof stays what it is: PXE wraps it in a description of the transaction. */
  async attempt(kind, work) {
    try {
      return await attempt(kind, work);
    } catch (error) {
      throw this.#proofFailure ?? error;
    }
  }

  async #ofProof(work) {
    try {
      return await work();
    } catch (error) {
      this.#proofFailure = error;
      throw error;
    }
  }

  #tell(functions) {
    this.#told = true;
    this.#observer.simulated({ totalMs: performance.now() - this.#begun, syncMs: this.#syncMs, functions });
  }
}

export async function attempt(kind, work) {
  try {
    return await work();
  } catch (error) {
    throw error instanceof BridgeError ? error : new BridgeError(kind, error?.stack ?? String(error));
  }
}
