#!/bin/bash
# Publishes draft/ as the release VERSION. Nothing is replaced: if a release of this version is public
# already, it has to have the same files.
# STATE: of the feed in feed/, by feed-state.sh, when the release was staged for it; empty without a feed.
set -euo pipefail

if test -n "$STATE" && test "$(.github/scripts/feed-state.sh)" != "$STATE"; then
  # Once the release is public, this workflow does not start again for it.
  echo "::error::somebody has signed or staged in the feed meanwhile, and nothing is public yet: start again"
  exit 1
fi

draft=$(gh release list --limit 1000 --json tagName,isDraft \
  --jq ".[] | select(.tagName == \"$VERSION\") | .isDraft")
if test "$draft" = true; then
  gh release delete "$VERSION" --yes # of a run that was interrupted
fi
# Installed programs download these by the names that the feed gives them.
mkdir named stored
for file in draft/*.tar.xz draft/*.cdx.json; do
  digest=$(sha256sum "$file")
  cp "$file" "named/${digest%% *}.${file##*/}"
done
if test "$draft" != false; then
  .github/scripts/release-notes.sh > notes.md
  gh release create "$VERSION" --draft --target "$GITHUB_SHA" --title "TEE-Rex $VERSION" --notes-file notes.md
  gh release upload "$VERSION" draft/* named/*
fi
# What is published is what was tested.
gh release download "$VERSION" --dir stored
cp draft/* named
diff --recursive named stored
gh release edit "$VERSION" --draft=false
