#!/bin/bash
# Builds dist/tee-rex-app on Windows, in Git's bash: what `make frozen` does elsewhere.
set -euo pipefail

python -m venv .venv
python=.venv/Scripts/python
"$python" -m pip install --quiet --require-hashes --requirement requirements.lock
"$python" -m pip install --quiet --no-deps --no-build-isolation \
  --editable core --editable enclave_server --editable app
PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) "$python" -m PyInstaller --noconfirm \
  --log-level WARN --distpath dist --workpath build/pyinstaller installer/tee-rex.spec
dist/tee-rex-app/tee-rex.exe --version
grep --quiet amd64-windows resources/versions/*.json \
  || echo "No bb for Windows is pinned: until the user installs one, the app proves on servers."
