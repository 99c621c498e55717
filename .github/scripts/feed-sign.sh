#!/bin/bash
# ACTION "publish": publishes what is staged and signed in feed/. ACTION "timestamp": renews the timestamp.
# SNAPSHOT_KEY, TIMESTAMP_KEY: the content of the key files; SNAPSHOT_PASSPHRASE, TIMESTAMP_PASSPHRASE.
set -euo pipefail

keys=$(mktemp --directory)
trap 'rm -rf "$keys"' EXIT
printf '%s' "$SNAPSHOT_KEY" > "$keys/snapshot.key.json"
printf '%s' "$TIMESTAMP_KEY" > "$keys/timestamp.key.json"
export -n SNAPSHOT_KEY TIMESTAMP_KEY SNAPSHOT_PASSPHRASE TIMESTAMP_PASSPHRASE
before=$(sha256sum feed/metadata/timestamp.json)
code=0
printf '%s\n' "$SNAPSHOT_PASSPHRASE" "$TIMESTAMP_PASSPHRASE" \
  | PYTHONPATH=tools .venv/bin/python -m release "$ACTION" feed "$keys/snapshot.key.json" \
    "$keys/timestamp.key.json" || code=$?
# Also 1 where root or targets end soon: then the timestamp is new all the same, and feed-health.yml is loud.
if test "$code" -ne 0; then
  test "$code" -eq 1 && test "$(sha256sum feed/metadata/timestamp.json)" != "$before"
fi
