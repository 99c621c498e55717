#!/bin/bash
# Which versions of Aztec are new: report.json, and the output "versions".
set -euo pipefail

code=0
PYTHONPATH=tools .venv/bin/python -m aztec check --min-age "$MIN_AGE" --json > report.json \
  || code=$?
cat report.json
test "$code" -le 1
gh api "repos/$GITHUB_REPOSITORY/git/matching-refs/heads/aztec/" > refs.json
versions=$(jq --compact-output --arg only "$ONLY" --slurpfile refs refs.json '
  (if $only == "" then .new else [$only] end)
  - [$refs[0][].ref | ltrimstr("refs/heads/aztec/")]' report.json)
echo "versions=$versions" >> "$GITHUB_OUTPUT"
