#!/bin/bash
# Fails unless VERSION can be released from this commit.
# FEED_URL: of the feed, whose branch is in feed/; empty without one.
set -euo pipefail

say() {
  echo "::error::$1"
  exit 1
}

[[ "$VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || say "$VERSION is not a version, such as 0.2.0"
grep --quiet "^__version__ = \"$VERSION\"$" core/tee_rex/__init__.py || say "the sources have another version"
test -n "$(.github/scripts/release-notes.sh)" || say "CHANGELOG.md does not say what $VERSION brings"
! grep --quiet "@.*\.invalid" installer/deb.py || say "installer/deb.py: MAINTAINER is not an address yet"
tags=$(git ls-remote --tags origin "refs/tags/$VERSION")
test -z "$tags" || say "$VERSION is released already"
if test -z "$FEED_URL"; then
  echo "::notice::no feed is configured: installed programs will not learn of this release"
  exit 0
fi
source=resources/updates/source.json
embed="run python -m release embed, and commit"
test -e "$source" || say "$source is missing: $embed"
test "$(jq --raw-output .metadata_url "$source")" = "$FEED_URL/metadata" || say "$source names another feed"
newest=$(find feed/metadata -name '*.targets.json' -exec jq .signed.version {} + | sort -n | tail -n 1)
test "$(jq .least_targets_version "$source")" = "$newest" || say "$source is not of targets $newest: $embed"
test ! -e feed/staged || say "something in the feed is waiting for signatures"
