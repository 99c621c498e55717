#!/bin/bash
# Proves with the draft's Python packages on the network that AZTEC_NODE_URL names; fails if it names none.
set -euo pipefail

if test -z "$AZTEC_NODE_URL"; then
  echo "::error::the variable AZTEC_NODE_URL names no live network, so nothing is published"
  exit 1
fi
uv=$(command -v uv || echo .tools/uv/bin/uv)
"$uv" pip install --quiet --python .venv --no-deps --reinstall draft/*.whl
# What is tested is what was packed, not the sources.
.venv/bin/python -c 'import tee_rex; assert "site-packages" in tee_rex.__file__, tee_rex.__file__'
.venv/bin/pytest -m devnet tests/e2e/aztec/test_live_network.py
