#!/bin/bash
# Moves what the next job needs of feed/ into new/: metadata, what is staged, and the files that are new.
set -euo pipefail

mkdir new
for part in metadata staged targets; do
  if test -d "feed/$part"; then mv "feed/$part" new; fi
done
