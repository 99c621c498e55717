<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>info</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE-Rex {version} started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE-Rex is closing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Still missing: {things}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine has all that proving needs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{service}: checking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The enclave is attested: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The enclave is refused: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mode} can be chosen now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proving {source} · {mode}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n circuit(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Circuit {index} of {count}, {name}: {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Final proof and self-check: {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} cancelled after {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} failed after {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} proved and verified in {time}, proof {digest}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} proved in {time}, not verified here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something in TEE-Rex itself went wrong: {error}, {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE-Rex ended by itself the last time; its traces are in the log folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>development setup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>genuine setup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proof failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proof made and verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proof made, not verified here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About TEE-Rex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sample: deploy account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Local</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your witness never leaves it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its operator could read your witness.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only attested code sees your witness.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody else could read the witness: it stayed on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s operator, and whoever ends its TLS, could read the witness.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody outside the attested enclave could read the witness.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked: no enclave is set up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked: no server is set up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked: its address cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked: you have approved no enclave build.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked: the enclave is not attested.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set {variable}, or {setting} in settings.toml, and start again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct {variable} or {setting} in settings.toml.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE mode sends nothing to code that you have not approved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the reason under TEE enclave.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Embedded prover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aztec node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wallet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>available</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attested</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needed for transactions on a network, not for the sample.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proves for you on a faster machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proves where even its operator cannot look.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs an Aztec node. The sample works without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installing the prover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making the prover&apos;s development copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bringing newer system libraries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading the CRS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computing the development CRS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prover (bb)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Development prover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CRS of real networks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Development CRS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check steps, prover and CRS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the prover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Circuits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check and write the steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the server&apos;s key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for the server&apos;s prover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove on the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the proof</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Receive the proof</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify the proof here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>get ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>encrypt and send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>prove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>verify here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Total</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Final proof</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Circuits, {count} of them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set AZTEC_NODE_URL, or node_url in settings.toml, to the address of a node and start again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The wallet that signs and sends transactions is not part of this version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deploying an account needs an Aztec node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token flow needs an Aztec node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deploying an account needs a wallet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token flow needs a wallet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE-Rex ended by itself the last time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing kept was lost. Diagnostics in the menu makes a file for those who can mend it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new one was started. The unreadable file was kept beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove locally, remotely, in a TEE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel what runs, after asking once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to a page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring this machine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>almost done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {seconds} s left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About TEE-Rex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version {own} · Aztec and bb {aztec} · Qt {qt}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proves private Aztec transactions: here, on a server, or in an attested enclave.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It sends nothing to anybody but the servers that you set up, and what a proof needs is checked against digests that it carries.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fonts: Inter and JetBrains Mono, SIL Open Font License. Inspired by nemi.fi.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BottomPanel</name>
    <message>
        <source>Panels</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BreakdownCard</name>
    <message>
        <source>development setup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Timing breakdown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After a proof, this shows where its time went: each phase, each circuit and the final proof.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This run came to no proof, so there is nothing to break down.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CircuitRow</name>
    <message>
        <source>Circuits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {count} parts done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>took</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CrashWindow</name>
    <message>
        <source>TEE-Rex failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something in TEE-Rex itself went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can go on, but what was being done may not have come to its end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE-Rex could not start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This report helps to mend it. It holds places in the program, versions and the last events: no values of variables, no witness, no keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>! %n more since, see the log</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be written</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogList</name>
    <message>
        <source>Events</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest ↓</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing here matches. Choose another level or search.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown: {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All events</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be written</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModeCard</name>
    <message>
        <source>Ctrl {digit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked while a proof is running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time} on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time} on the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uses this machine&apos;s own cores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModeCards</name>
    <message>
        <source>Where to prove</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeCard</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OpenRequests</name>
    <message>
        <source>Prove {file} in mode {mode}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PageBar</name>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProblemCard</name>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProvePage</name>
    <message>
        <source>Prove execution steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Execution steps (*.msgpack);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run token flow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proving</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>development setup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Elapsed time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops the proof at once and leaves nothing running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample transaction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>! Not proved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ Proof made and verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>! Proof made, not verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proving · circuit {index} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A recorded account deployment: {count} circuits and a final proof, each block as wide as its expected time. Or drop a file of execution steps anywhere in this window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each block is one circuit, as wide as its expected time; the last is the final proof.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of it is left running, and nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its entry under Runs keeps the reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Development setup: anyone can forge proofs under it. For tests and demos only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>then about {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {time} on two quiet cores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep proving</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop this proof?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its work is lost. Esc again stops it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsCard</name>
    <message>
        <source>Earlier runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every run is kept here, so that you can compare them, and show them to somebody else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on one scale</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ServiceRow</name>
    <message>
        <source>Set by {variable}, which wins over settings.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ServicesPanel</name>
    <message>
        <source>Services</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>inspired by nemi.fi</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide what was checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TEE-Rex {own} · Aztec {aztec}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupCard</name>
    <message>
        <source>Get everything ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was brought so far is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of getting ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A few things to bring first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Once, and only what is missing. You can stop and go on later; proving brings it too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of it was checked just now, every file against its pinned digest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not here; only transactions of real networks need it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not here yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>The run along time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_EntryDelegate</name>
    <message>
        <source>Open ↗</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>Something in TEE-Rex itself went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please copy the details and report them. You can go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>final proof and self-check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Still missing: {things}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bb {version} · {threads} threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>peak {memory}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>proof {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dev</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
