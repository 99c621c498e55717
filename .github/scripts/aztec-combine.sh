#!/bin/bash
# Compares what the jobs "digests" and "trial" have found about a version; stages its pins.
set -euo pipefail

sums=$(
  cd build/digests
  find . -type f -print0 | sort --zero-terminated | xargs --null sha256sum
)
if test "$sums" != "$SHA256SUMS"; then
  echo "::error::the artifact is not the one that the job \"digests\" has made"
  exit 1
fi
code=0
digests="build/digests/$VERSION"
PYTHONPATH=tools python3 -m aztec.combine "$VERSION" "$digests" build/trial > reason.txt || code=$?
cat reason.txt
test "$code" -eq 0 || test "$code" -eq 1 || test "$code" -eq 3
{ cat "$digests/report.md"; echo; cat reason.txt; echo "[Log]($RUN)"; } > build/body.md
git add resources/versions
changed=true
if git diff --cached --quiet; then changed=false; fi
{ echo "code=$code"; echo "changed=$changed"; } >> "$GITHUB_OUTPUT"
