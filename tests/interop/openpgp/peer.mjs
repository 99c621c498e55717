// One operation of OpenPGP.js: `node peer.mjs COMMAND '{"arguments": …}' < input > output`.
import { readFileSync, writeFileSync } from 'node:fs';
import * as openpgp from 'openpgp';

// What its users set to get version 2 encrypted data and keys that announce it.
openpgp.config.aeadProtect = true;

const [command, json] = process.argv.slice(2);
const given = JSON.parse(json);
Object.assign(openpgp.config, given.config);

const input = () => new Uint8Array(readFileSync(0));
const publicKey = () => openpgp.readKey({ armoredKey: given.publicKey });
const privateKey = () => openpgp.readPrivateKey({ armoredKey: given.privateKey });
const recipients = () => Promise.all(given.publicKeys.map((armoredKey) => openpgp.readKey({ armoredKey })));
const milliseconds = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

// The stream hands over pieces of this size, so that OpenPGP.js writes partial lengths inside and outside.
const streamed = (data, size) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < data.length; at += size) controller.enqueue(data.subarray(at, at + size));
      controller.close();
    },
  });

const encrypt = async (binary, encryptionKeys) =>
  openpgp.encrypt({ message: await openpgp.createMessage({ binary }), encryptionKeys, format: 'binary' });

const decrypt = async (binaryMessage, decryptionKeys) => {
  const message = await openpgp.readMessage({ binaryMessage });
  return (await openpgp.decrypt({ message, decryptionKeys, format: 'binary' })).data;
};

const commands = {
  async generate() {
    const key = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: [{ name: 'TEE-Rex' }],
      format: 'object',
      ...given.options,
    });
    const revoked = given.revoke
      ? await key.privateKey.revoke({ flag: openpgp.enums.reasonForRevocation.keyCompromised })
      : key.privateKey;
    return JSON.stringify({
      publicKey: revoked.toPublic().armor(),
      privateKey: revoked.armor(),
      fingerprint: revoked.getFingerprint(),
    });
  },

  async inspect() {
    const key = await publicKey();
    const { selfCertification } = await key.getPrimaryUser();
    const subkey = await key.getEncryptionKey();
    return JSON.stringify({
      fingerprint: key.getFingerprint(),
      created: key.getCreationTime(),
      userIDs: key.getUserIDs(),
      primaryAlgorithm: key.getAlgorithmInfo().algorithm,
      subkeyAlgorithm: subkey.getAlgorithmInfo().algorithm,
      suites: selfCertification.preferredCipherSuites,
      features: [...selfCertification.features],
    });
  },

  async encrypt() {
    const data = input();
    const message = await encrypt(given.pieces ? streamed(data, given.pieces) : data, await recipients());
    return new Uint8Array(await new Response(message).arrayBuffer());
  },

  async decrypt() {
    return decrypt(input(), await privateKey());
  },

  async measure() {
    const [data, sender, recipient] = [input(), await publicKey(), await privateKey()];
    let message;
    const encrypt_ms = await milliseconds(async () => { message = await encrypt(data, sender); });
    const decrypt_ms = await milliseconds(() => decrypt(message, recipient));
    return JSON.stringify({ encrypt_ms, decrypt_ms, peak_bytes: process.resourceUsage().maxRSS * 1024 });
  },
};

writeFileSync(1, await commands[command]());
