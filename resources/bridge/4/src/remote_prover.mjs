// The kernel circuits run here; the proof is made by Python, which gets each step as soon as it is made.

import { BBPrivateKernelProver } from "@aztec/bb-prover/client";
import { LazyArtifactProvider } from "@aztec/noir-protocol-circuits-types/client/lazy";
import { ChonkProofWithPublicInputs } from "@aztec/stdlib/proofs";
import { PrivateKernelExecutionProver } from "aztec-pxe/private_kernel/private_kernel_execution_prover.js";

const KERNELS_BESIDES_CALLS = 3; // a reset, the tail and the hiding kernel; each call has a kernel of its own

export class RemoteProver extends BBPrivateKernelProver {
  #clock;
  #calls = [];
  #circuits = 0;

  /** clock: of the operation whose proof is made. */
  constructor(simulator, logger, clock) {
    super(new LazyArtifactProvider(), simulator, { logger });
    this.#clock = clock;
  }

  /** calls: those of a transaction, in proving order, each () => its step; the kernels are generated next. */
  async begin(calls) {
    this.#calls = [...calls];
    this.#circuits = 2 * calls.length + KERNELS_BESIDES_CALLS;
    this.#clock.stream.announce(this.#circuits);
    await this.#addCall();
  }

  generateInitOutput(inputs) {
    return this.#generated("private_kernel_init", () => super.generateInitOutput(inputs));
  }

  async generateInnerOutput(inputs) {
    await this.#addCall();
    return this.#generated("private_kernel_inner", () => super.generateInnerOutput(inputs));
  }

  generateResetOutput(inputs) {
    // Nobody counts on one between calls, which only transactions with many side effects need.
    if (this.#calls.length) this.#clock.stream.expect(++this.#circuits);
    return this.#generated("private_kernel_reset", () => super.generateResetOutput(inputs));
  }

  generateTailOutput(inputs) {
    return this.#generated("private_kernel_tail", () => super.generateTailOutput(inputs));
  }

  generateHidingToRollupOutput(inputs) {
    return this.#generated("hiding_kernel", () => super.generateHidingToRollupOutput(inputs));
  }

  generateHidingToPublicOutput(inputs) {
    return this.#generated("hiding_kernel", () => super.generateHidingToPublicOutput(inputs));
  }

  async createChonkProof(steps) {
    return ChonkProofWithPublicInputs.fromBuffer(await this.#clock.prove(steps));
  }

  async #addCall() {
    const call = this.#calls.shift();
    await this.#clock.stream.add(await call());
  }

  async #generated(functionName, generate) {
    const output = await generate();
    const { bytecode, outputWitness: witness, verificationKey } = output;
    await this.#clock.stream.add({ functionName, bytecode, witness, vk: verificationKey.keyAsBytes });
    return output;
  }
}

const { proveWithKernels } = PrivateKernelExecutionProver.prototype;

// PXE hands over the steps only when all are made, so the calls are taken where it begins with them.
PrivateKernelExecutionProver.prototype.proveWithKernels = async function (request, result, options) {
  if (this.proofCreator instanceof RemoteProver && !this.fakeProofs && !options?.simulate) {
    await this.proofCreator.begin([...inProvingOrder(result.entrypoint)].map((call) => () => stepOf(call, this.oracle)));
  }
  return proveWithKernels.call(this, request, result, options);
};

function* inProvingOrder(call) {
  yield call;
  for (const nested of call.nestedExecutionResults) yield* inProvingOrder(nested);
}

async function stepOf({ publicInputs: { callContext }, acir: bytecode, partialWitness: witness, vk }, oracle) {
  const functionName = await oracle.getDebugFunctionName(callContext.contractAddress, callContext.functionSelector);
  return { functionName, bytecode, witness, vk };
}
