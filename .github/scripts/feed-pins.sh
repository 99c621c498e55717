#!/bin/bash
# Makes a pins update public, new/targets/pins-N/, under the address that the feed gives it. Repeating it after it
# was interrupted is safe: nothing public is replaced, and what is public has to be the same file.
set -euo pipefail

for folder in new/targets/pins-*; do
  name=${folder##*/}
  [[ $name =~ ^pins-[0-9]+$ ]]
  draft=$(gh release list --limit 1000 --json tagName,isDraft \
    --jq ".[] | select(.tagName == \"$name\") | .isDraft")
  if test "$draft" = true; then
    gh release delete "$name" --yes # of a run that was interrupted
  fi
  if test "$draft" != false; then
    gh release create "$name" "$folder"/* --draft --latest=false --target "$GITHUB_SHA" \
      --title "Pins update ${name#pins-}" --notes "Installed programs fetch it by themselves."
  fi
  stored=$(mktemp --directory)
  gh release download "$name" --dir "$stored"
  if ! diff --recursive "$folder" "$stored"; then
    echo "::error::$name has other content on the page of releases: count up serial in resources/pins/revoked.json"
    exit 1
  fi
  rm -r "$stored"
  gh release edit "$name" --draft=false --latest=false
done
