#!/bin/bash
# Fails unless draft/ has exactly the files of its SHA256SUMS, whose own SHA-256 is MANIFEST.
set -euo pipefail

cd draft
echo "$MANIFEST  SHA256SUMS" | sha256sum --check --strict --quiet
sha256sum --check --strict --quiet SHA256SUMS
test "$(find . -type f ! -name SHA256SUMS | wc --lines)" = "$(wc --lines < SHA256SUMS)"
