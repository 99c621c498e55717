// What the wallet is doing, told every second. A bridge that tells nothing has lost its event loop; one that
// waits for its node and receives nothing is kept waiting by it; a long synchronisation tells how far it is.

const TOLD_EVERY_MS = 1000;

export class Activity {
  #notify;
  #waiting = 0;
  #received = 0;
  #sync = null;
  #syncTold = false;

  /** notify: (activity) => void, called every second from now on. */
  constructor(notify) {
    this.#notify = notify;
    setInterval(() => this.#tell(), TOLD_EVERY_MS).unref();
  }

  /** Run `request`, an exchange with the node. */
  async asking(request) {
    this.#waiting += 1;
    try {
      return await request();
    } finally {
      this.#waiting -= 1;
    }
  }

  /** `count` bytes have come from the node. */
  received(count) {
    this.#received += count;
  }

  /** Follow PXE's `synchronizer`, which asks `node` for the chain's tip and then for block after block. */
  follow(synchronizer, node) {
    const sync = synchronizer.sync.bind(synchronizer);
    synchronizer.sync = async () => {
      this.#sync = { begun: performance.now(), block: null, tip: null };
      this.#syncTold = false;
      try {
        return await sync();
      } finally {
        if (this.#syncTold) this.#tell({ block: this.#sync.tip, tip: this.#sync.tip });
        this.#sync = null;
      }
    };
    const getL2Tips = node.getL2Tips.bind(node);
    node.getL2Tips = async () => {
      const tips = await getL2Tips();
      // Blocks that are final are skipped.
      if (this.#sync) Object.assign(this.#sync, { block: tips.finalized.block.number, tip: tips.proposed.number });
      return tips;
    };
    const handle = synchronizer.handleBlockStreamEvent.bind(synchronizer);
    synchronizer.handleBlockStreamEvent = async (event) => {
      await handle(event);
      if (event.type === "blocks-added" && this.#sync) this.#sync.block = event.blocks.at(-1).number;
    };
  }

  #tell(sync = this.#longSync()) {
    this.#syncTold ||= sync !== null;
    this.#notify({ waiting: this.#waiting, received: this.#received, sync });
  }

  /** A short one is nothing to tell of. */
  #longSync() {
    if (!this.#sync?.tip || performance.now() - this.#sync.begun < TOLD_EVERY_MS) return null;
    const { block, tip } = this.#sync;
    return { block: Math.min(block, tip), tip };
  }
}
