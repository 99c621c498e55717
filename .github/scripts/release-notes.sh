#!/bin/bash
# Prints what CHANGELOG.md says about VERSION. MOST: characters at most, of whole lines.
set -euo pipefail

awk -v version="$VERSION" -v most="${MOST:-100000}" '
  /^## / { inside = ($2 == version); next }
  inside && length($0) + 1 > most { exit }
  inside { most -= length($0) + 1; print }
' CHANGELOG.md | sed -e '/./,$!d'
