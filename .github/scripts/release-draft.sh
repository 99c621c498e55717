#!/bin/bash
# Puts what the jobs have built together in draft/.
# built/built-<job>/: their files. NEEDS: the jobs, as GitHub tells them.
# Output "manifest": the SHA-256 of SHA256SUMS, which lists all files.
set -euo pipefail

mkdir draft
for folder in built/*; do
  told=$(jq --raw-output --arg job "${folder#built/built-}" '.[$job].outputs.sha256sums' <<< "$NEEDS")
  SHA256SUMS=$told .github/scripts/digests.py "$folder" --require
  find "$folder" -type f ! -name SHA256SUMS -exec mv --no-clobber --target-directory=draft {} +
  if test -n "$(find "$folder" -type f ! -name SHA256SUMS)"; then
    echo "::error::two jobs have files of one name"
    exit 1
  fi
done
cd draft
sha256sum -- * > SHA256SUMS
cat SHA256SUMS
digest=$(sha256sum SHA256SUMS)
echo "manifest=${digest%% *}" >> "$GITHUB_OUTPUT"
