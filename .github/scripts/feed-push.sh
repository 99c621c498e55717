#!/bin/bash
# Commits metadata and what is staged to the branch "feed", which is in feed/: feed-push.sh MESSAGE
# new/metadata/: all metadata; missing if there is nothing new. new/staged/: what is staged; missing if
# nothing is. Of published metadata only timestamp.json is ever replaced, by a newer one. Where all is committed
# already, as in a job that is run again, nothing happens.
# STATE: what "new" was made from, by feed-state.sh. FEED_REMOTE: where the branch is.
set -euo pipefail

say() {
  echo "::error::$1"
  exit 1
}

shopt -s nullglob
mkdir -p feed/metadata feed/staged
for file in new/metadata/*; do
  name=${file##*/}
  [[ $name =~ ^([0-9]+\.(root|targets|snapshot)|timestamp)\.json$ ]] || say "no metadata: $name"
  if test "$name" != timestamp.json && test -e "feed/metadata/$name"; then
    cmp "$file" "feed/metadata/$name"
  else
    cp "$file" "feed/metadata/$name"
  fi
done
rm -f feed/staged/*
for file in new/staged/*; do
  name=${file##*/}
  [[ "$name" =~ ^(root|targets)\.json$ ]] || say "$name is not staged metadata"
  cp "$file" "feed/staged/$name"
done
git -C feed add --all
git -C feed diff --cached --quiet && exit 0
state=$(.github/scripts/feed-state.sh)
test "$state" = "$STATE" || say "somebody has signed or staged meanwhile: start again"
before=$(git -C feed show HEAD:metadata/timestamp.json 2> /dev/null | jq .signed.version)
after=$(jq .signed.version feed/metadata/timestamp.json)
test "$after" -ge "${before:-0}" || say "a newer timestamp was published meanwhile: start again"
cd feed
git -c user.name=feed -c user.email=feed@users.noreply.github.com commit --quiet --message "$1"
git push --quiet "$FEED_REMOTE" HEAD:feed
