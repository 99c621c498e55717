// One wallet on one node: PXE with its store, accounts whose keys Python keeps, the sponsored fee contract.

import { SignerlessAccount } from "@aztec/aztec.js/account";
import { SponsoredFeePaymentMethod } from "@aztec/aztec.js/fee";
import { createAztecNodeClient } from "@aztec/aztec.js/node";
import { getFeeJuiceBalance } from "@aztec/aztec.js/utils";
import { AccountManager } from "@aztec/aztec.js/wallet";
import { SchnorrAccountContract } from "@aztec/accounts/schnorr/lazy";
import { Fr } from "@aztec/foundation/curves/bn254";
import { createLogger } from "@aztec/foundation/log";
import { createStore } from "@aztec/kv-store/lmdb-v2";
import { SponsoredFPCContract } from "@aztec/noir-contracts.js/SponsoredFPC";
import { LazyProtocolContractsProvider } from "@aztec/protocol-contracts/providers/lazy";
import { getPXEConfig } from "@aztec/pxe/config";
import { WASMSimulator } from "@aztec/simulator/client";
import { AztecAddress } from "@aztec/stdlib/aztec-address";
import { getContractInstanceFromInstantiationParams } from "@aztec/stdlib/contract";
import { deriveSigningKey } from "@aztec/stdlib/keys";
import { BaseWallet } from "@aztec/wallet-sdk/base-wallet";
import { PXE } from "aztec-pxe/pxe.js";
import { PXE_DATA_SCHEMA_VERSION } from "aztec-pxe/storage/index.js";

import { OperationClock, attempt } from "../../shared/operation.mjs";
import { BridgeError } from "../../shared/peer.mjs";
import { nodeFetch } from "./node_connection.mjs";
import { RemoteProver } from "./remote_prover.mjs";

const BLOCKS_PER_REQUEST = 50; // as Aztec's own wallets ask

export class BridgeWallet extends BaseWallet {
  #accounts = new Map();
  #clock;

  /** Use `open`. */
  constructor(pxe, node, clock) {
    super(pxe, node, createLogger("bridge"));
    this.#clock = clock;
  }

  /**
   * Connects and opens the store below `dataDirectory`; `activity` hears of requests and synchronisation.
   * Throws BridgeError "node" (unreachable) or "store" (the data cannot be used, or the node went meanwhile).
   */
  static async open({ nodeUrl, dataDirectory, proofs, sponsoredFpcSalt }, activity) {
    const node = createAztecNodeClient(nodeUrl, {}, nodeFetch(activity, createLogger("node")));
    const info = await attempt("node", () => node.getNodeInfo());
    const clock = new OperationClock();
    const chain = {
      l1Contracts: info.l1ContractAddresses,
      l1ChainId: info.l1ChainId,
      rollupVersion: info.rollupVersion,
    };
    const config = { ...getPXEConfig(), ...chain, dataDirectory, proverEnabled: proofs };
    const pxe = await attempt("store", async () => {
      const store = await createStore("pxe_data", PXE_DATA_SCHEMA_VERSION, config);
      const simulator = new WASMSimulator(createLogger("simulator"));
      return PXE.create({
        node,
        store,
        simulator,
        proofCreator: new RemoteProver(simulator, createLogger("prover"), clock),
        protocolContractsProvider: new LazyProtocolContractsProvider(),
        config: { ...config, l2BlockBatchSize: BLOCKS_PER_REQUEST },
        loggerOrSuffix: createLogger("pxe"),
      });
    });
    activity.follow(pxe.blockStateSynchronizer, node);
    clock.measureSync(pxe.blockStateSynchronizer);
    const wallet = new BridgeWallet(pxe, node, clock);
    const feeContract = await wallet.#registerFeeContract(new Fr(BigInt(sponsoredFpcSalt)));
    return { wallet, feeContract };
  }

  /** Make an account from its keys known; tells its address and whether it is deployed. */
  async addAccount({ secret, salt }) {
    const secretKey = Fr.fromHexString(secret);
    const contract = new SchnorrAccountContract(deriveSigningKey(secretKey));
    const manager = await AccountManager.create(this, secretKey, contract, Fr.fromHexString(salt));
    const known = await this.pxe.getContractInstance(manager.address);
    const artifact = known ? undefined : await contract.getContractArtifact();
    await this.registerContract(manager.getInstance(), artifact, secretKey);
    this.#accounts.set(manager.address.toString(), { manager, account: await manager.getAccount() });
    const { isContractInitialized } = await attempt("node", () => this.getContractMetadata(manager.address));
    return { address: manager.address.toString(), deployed: isContractInitialized };
  }

  manager(address) {
    const known = this.#accounts.get(address);
    if (known === undefined) throw new BridgeError("unknown-account", address);
    return known.manager;
  }

  async getAccountFromAddress(address) {
    if (address.equals(AztecAddress.ZERO)) return new SignerlessAccount();
    const known = this.#accounts.get(address.toString());
    if (known === undefined) throw new BridgeError("unknown-account", address.toString());
    return known.account;
  }

  /** How every transaction of this wallet is paid. */
  get fee() {
    return { paymentMethod: this.feePaymentMethod };
  }

  /** Run `operation`, which sends one transaction, and tell `observer` of its parts. */
  async observed(observer, operation) {
    this.#clock.begin(observer);
    try {
      return await operation();
    } finally {
      this.#clock.end();
    }
  }

  async sendTx(payload, options) {
    const clock = this.#clock;
    const tx = await clock.attempt("simulation", async () => {
      const fee = await this.completeFeeOptions(options.from, payload.feePayer, options.fee?.gasSettings);
      const request = await this.createTxExecutionRequestFromPayloadAndFee(payload, options.from, fee);
      const scopes = this.scopesFrom(options.from, options.additionalScopes);
      const proven = await this.pxe.proveTx(request, scopes);
      clock.simulatedWithoutProof(proven.stats?.timings);
      return proven.toTx();
    });
    const txHash = tx.getTxHash();
    clock.sending(txHash.toString());
    await attempt("send", () => this.#send(tx, txHash));
    clock.sent();
    return { txHash, offchainEffects: [], offchainMessages: [] };
  }

  async stop() {
    await this.pxe.stop();
  }

  /** A request whose answer was lost has arrived all the same, and is refused when it is repeated. */
  async #send(tx, txHash) {
    try {
      await this.aztecNode.sendTx(tx);
    } catch (error) {
      const receipt = await this.aztecNode.getTxReceipt(txHash).catch(() => undefined);
      if (receipt === undefined || receipt.isDropped()) throw error;
    }
  }

  async #registerFeeContract(salt) {
    const instance = await getContractInstanceFromInstantiationParams(SponsoredFPCContract.artifact, { salt });
    await attempt("store", () => this.registerContract(instance, SponsoredFPCContract.artifact));
    this.feePaymentMethod = new SponsoredFeePaymentMethod(instance.address);
    const balance = await attempt("node", () => getFeeJuiceBalance(instance.address, this.aztecNode));
    return { address: instance.address.toString(), funded: balance > 0n };
  }
}
