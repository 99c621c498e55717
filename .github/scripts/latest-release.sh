#!/bin/bash
# Downloads the newest public release's files for Linux into downloads/.
set -euo pipefail

mkdir downloads
cd downloads
page=https://github.com/$GITHUB_REPOSITORY/releases/latest/download
curl --fail --silent --show-error --location --remote-name "$page/SHA256SUMS"
grep -oE 'tee-rex[^ ]*(\.deb|-linux\.(tar\.xz|AppImage|rpm))$' SHA256SUMS | while read -r name; do
  curl --fail --silent --show-error --location --remote-name "$page/$name"
done
