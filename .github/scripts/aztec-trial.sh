#!/bin/bash
# Proves with a version's bb, as a user who is in no group and may not use sudo.
set -euo pipefail

sudo useradd --create-home trial
chmod o+x "$HOME"
as_trial=(sudo --user=trial --set-home)
code=0
"${as_trial[@]}" env PYTHONPATH="$PWD/tools" PYTHONDONTWRITEBYTECODE=1 \
  "$PWD/.venv/bin/python" -m aztec trial "$VERSION" --to /home/trial/pins || code=$?
test "$code" -eq 0 || test "$code" -eq 1 || test "$code" -eq 3
mkdir -p build/trial
# Read by the same user: it could be a link to a file that is not theirs.
if "${as_trial[@]}" test -f /home/trial/pins/pins.json; then
  "${as_trial[@]}" head --bytes=100000 /home/trial/pins/pins.json > build/trial/pins.json
fi
echo "$code" > build/trial/code
