// The kernel circuits run here; the proof is made by whoever `prove` asks.

import { BBPrivateKernelProver } from "@aztec/bb-prover/client";
import { LazyArtifactProvider } from "@aztec/noir-protocol-circuits-types/client/lazy";
import { serializePrivateExecutionSteps } from "@aztec/stdlib/kernel";
import { ChonkProofWithPublicInputs } from "@aztec/stdlib/proofs";

export class RemoteProver extends BBPrivateKernelProver {
  #prove;

  /** prove: async (steps: Buffer) => proof with public inputs: Buffer */
  constructor(simulator, logger, prove) {
    super(new LazyArtifactProvider(), simulator, { logger });
    this.#prove = prove;
  }

  async createChonkProof(steps) {
    return ChonkProofWithPublicInputs.fromBuffer(await this.#prove(steps, serializePrivateExecutionSteps));
  }
}
