#!/bin/bash
# Makes a pins update public, new/targets/pins-N/, under the address that the feed gives it.
set -euo pipefail

for folder in new/targets/pins-*; do
  name=${folder##*/}
  [[ $name =~ ^pins-[0-9]+$ ]]
  gh release view "$name" > /dev/null 2>&1 \
    || gh release create "$name" "$folder"/* --latest=false --target "$GITHUB_SHA" \
      --title "Pins update ${name#pins-}" --notes "Installed programs fetch it by themselves."
done
