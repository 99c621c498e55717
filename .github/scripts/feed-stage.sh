#!/bin/bash
# Stages in feed/ what ACTION asks for, for the holders of the targets' keys: "promote" or "roll-back"
# VERSION, "pins", or "release": the files in draft/.
set -euo pipefail

feed() {
  PYTHONPATH=tools .venv/bin/python -m release "$@"
}

case $ACTION in
  release)
    MOST=3900 .github/scripts/release-notes.sh > changes.txt
    feed add feed "$VERSION" draft --changes changes.txt
    ;;
  promote | roll-back) feed "$ACTION" feed "$VERSION" ;;
  pins) feed pins feed ;;
esac
echo "state=$(.github/scripts/feed-state.sh)" >> "$GITHUB_OUTPUT"
