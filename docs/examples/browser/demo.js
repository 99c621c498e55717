import { PrestoClient } from "@alejoamiras/presto-core";

// What a dapp needs: a client, one call, and its own prover for every other outcome than "native".
async function prove(steps, { presto, onPhase }) {
  const client = new PrestoClient({ aztecVersion: "4.1.2", presto, onPhase });
  const outcome = await client.prove({
    path: "/prove",
    contentType: "application/octet-stream",
    scheme: "chonk",
    body: () => steps,
  });
  if (outcome.kind === "native") return outcome;
  const status = await client.checkStatus();
  return { ...outcome, notFound: status.diagnosis ?? status.reason };
}

// The rest of this file shows what happens.
const SAMPLE = "../../../resources/samples/dev-deploy-account.msgpack";
const PHASES = {
  detect: "Look for TEE-Rex",
  downloading: "bb will be downloaded",
  serialize: "Prepare the steps",
  proving: "Send, ask you, prove",
  proved: "Read the proof",
};
const NOBODY =
  "No prover answers on this device. Start TEE-Rex and turn on “Let websites prove”. If this browser asks " +
  "whether this site may reach apps on this device, allow it, then prove again.";
const REASONS = {
  unavailable: NOBODY,
  "secure-connection-unavailable": NOBODY,
  denied: "This site may not prove: denied, or not answered in TEE-Rex.",
  cooldown: "This site was denied a moment ago. Try again in half a minute.",
  "version-mismatch": "TEE-Rex has no bb for this Aztec version.",
  transient: "TEE-Rex cannot make this proof now. Its log says why.",
  network: "The connection ended before the proof was there.",
};
const NOT_FOUND = {
  "permission-blocked": "Allow this site to reach apps on this device, in the browser's site settings.",
  "https-disabled": "TEE-Rex runs without HTTPS. Enable HTTPS in TEE-Rex, or tick “Allow HTTP”.",
  "tls-or-trust-failure": "This browser does not trust TEE-Rex's certificate. Enable HTTPS in TEE-Rex again.",
  "presto-reachable": "TEE-Rex answers over HTTP only: HTTPS is off, or not trusted by this browser.",
};

const $ = (id) => document.getElementById(id);
const ports = Object.fromEntries(
  [...new URLSearchParams(location.search)].map(([name, port]) => [name, Number(port)]),
);
const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

function row({ name, begin }, end, total) {
  const item = $("phase").content.cloneNode(true);
  const [label, bar, time] = item.firstElementChild.children;
  label.textContent = PHASES[name];
  bar.firstElementChild.style.marginLeft = `${(100 * begin) / total}%`;
  bar.firstElementChild.style.width = `${(100 * (end - begin)) / total}%`;
  time.textContent = end - begin < 100 ? `${Math.round(end - begin)} ms` : inSeconds(end - begin);
  return item;
}

async function show(load) {
  const started = performance.now();
  const phases = [];
  const draw = () => {
    const total = performance.now() - started;
    const rows = phases.map((phase, index) => row(phase, phases[index + 1]?.begin ?? total, total));
    $("time").textContent = inSeconds(total);
    $("phases").replaceChildren(...rows);
  };
  const say = (result, title, detail) => {
    draw();
    $("card").dataset.result = result;
    $("title").textContent = title;
    $("detail").textContent = detail;
  };

  $("prove").disabled = $("file").disabled = true;
  $("card").hidden = false;
  say("running", "Proving…", "TEE-Rex asks once whether this site may prove.");
  const clock = setInterval(draw, 100);
  try {
    const outcome = await prove(await load(), {
      presto: $("http").checked ? { ...ports, httpsOnly: false } : ports,
      onPhase: (name) => name in PHASES && phases.push({ name, begin: performance.now() - started }),
    });
    if (outcome.kind === "native") {
      const fields = Math.floor(atob(outcome.body.proof).length / 32);
      say("native", "✓ Proved natively", `${fields} fields; bb took ${inSeconds(outcome.durationMs)}.`);
    } else {
      const why = NOT_FOUND[outcome.notFound] ?? REASONS[outcome.reason] ?? outcome.reason;
      say("fallback", "Now a dapp proves in WebAssembly", why);
    }
  } catch (error) {
    say("error", "The request was refused", error.message);
  } finally {
    clearInterval(clock);
    $("prove").disabled = $("file").disabled = false;
  }
}

const content = async (source) => new Uint8Array(await source.arrayBuffer());
$("prove").onclick = () => show(async () => content(await fetch(SAMPLE)));
$("file").onchange = ({ target: { files: [file] } }) => file && show(() => content(file));
