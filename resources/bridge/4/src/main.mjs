// The wallet bridge: Python asks over standard input, answers go to standard output. See docs/adr.

import "../../shared/environment.mjs";

import { NO_WAIT } from "@aztec/aztec.js/contracts";
import { AztecAddress } from "@aztec/stdlib/aztec-address";

import { Observer, attempt } from "../../shared/operation.mjs";
import { BridgeError } from "../../shared/peer.mjs";
import { serve } from "../../shared/serve.mjs";
import { StepStream } from "../../shared/step_stream.mjs";
import { serializeStep } from "./steps.mjs";
import { BridgeWallet } from "./wallet.mjs";

const TOKEN = { name: "TeeRex", symbol: "TREX", decimals: 18 };

let wallet = null;
let cancelled = false;

const methods = {
  async open(params) {
    if (wallet) throw new BridgeError("busy", "a wallet is open");
    const { wallet: opened, feeContract } = await BridgeWallet.open(params, activity);
    wallet = opened;
    return { feeContract };
  },

  async nodeInfo() {
    const info = await attempt("node", () => opened().aztecNode.getNodeInfo());
    return {
      nodeVersion: info.nodeVersion,
      chainId: info.l1ChainId,
      rollupVersion: info.rollupVersion,
    };
  },

  addAccount: (params) => opened().addAccount(params),

  deployAccount: ({ address }) =>
    transaction(async () => {
      const deployment = await opened().manager(address).getDeployMethod();
      return deployment.send({
        from: AztecAddress.ZERO,
        fee: opened().fee,
        skipClassPublication: true,
        skipInstancePublication: true,
        additionalScopes: [AztecAddress.fromString(address)],
        wait: NO_WAIT,
      });
    }),

  async deployToken({ from }) {
    const { TokenContract } = await import("@aztec/noir-contracts.js/Token");
    const admin = AztecAddress.fromString(from);
    const deployment = TokenContract.deploy(opened(), admin, TOKEN.name, TOKEN.symbol, TOKEN.decimals);
    const sent = await transaction(() => deployment.send({ from: admin, fee: opened().fee, wait: NO_WAIT }));
    const { address } = await deployment.getInstance();
    return { ...sent, token: { ...TOKEN, address: address.toString() } };
  },

  mint: ({ token, from, to, amount }) =>
    tokenTransaction(token, from, (methods) => methods.mint_to_private(AztecAddress.fromString(to), BigInt(amount))),

  transfer: ({ token, from, to, amount }) =>
    tokenTransaction(token, from, (methods) => methods.transfer(AztecAddress.fromString(to), BigInt(amount))),

  async balances({ token, accounts }) {
    const { methods: calls } = await tokenAt(token);
    const begun = performance.now();
    const balances = [];
    for (const account of accounts) {
      const owner = AztecAddress.fromString(account);
      const { result } = await attempt("simulation", () => calls.balance_of_private(owner).simulate({ from: owner }));
      balances.push({ account, amount: String(result) });
    }
    return { balances, totalMs: performance.now() - begun };
  },

  /** From now on nothing is sent, and proofs that are waited for have failed. */
  async cancel() {
    cancelled = true;
    peer.rejectRequests(new BridgeError("cancelled", ""));
  },

  async close() {
    cancelled = true;
    await wallet?.stop();
    setImmediate(() => process.exit(0));
  },
};

function opened() {
  if (wallet === null) throw new BridgeError("not-open", "no wallet is open");
  return wallet;
}

async function tokenAt(address) {
  const { TokenContract } = await import("@aztec/noir-contracts.js/Token");
  return TokenContract.at(AztecAddress.fromString(address), opened());
}

async function tokenTransaction(token, from, call) {
  const contract = await tokenAt(token);
  const options = { from: AztecAddress.fromString(from), fee: opened().fee, wait: NO_WAIT };
  return transaction(() => call(contract.methods).send(options));
}

/** Run `send`; what it takes is told as notifications, and Python proves its steps as they are made. */
async function transaction(send) {
  cancelled = false;
  let sendMs = 0;
  const observer = new Observer({
    simulated: (simulation) => peer.notify("simulated", simulation),
    stream: new StepStream(peer, serializeStep),
    sending: (hash, finishMs) => {
      if (cancelled) throw new BridgeError("cancelled", "");
      peer.notify("sending", { transaction: hash, finishMs });
    },
    sent: (ms) => (sendMs = ms),
  });
  const { txHash } = await opened().observed(observer, () => attempt("simulation", send));
  return { transaction: txHash.toString(), sendMs };
}

const { peer, activity } = serve(methods);
