#!/bin/bash
# Installs the deb or the rpm in a folder, proves the sample as an ordinary user, and removes it:
# try-package.sh FOLDER
set -euo pipefail

useradd --create-home ana
if command -v dnf > /dev/null; then
  packages=(dnf --assumeyes)
  file=("$PWD/$1"/tee-rex-*-amd64-linux.rpm)
else
  packages=(apt-get --yes --no-install-recommends)
  file=("$PWD/$1"/tee-rex_*_amd64.deb)
  apt-get update
fi
"${packages[@]}" install "${file[@]}"
runuser --user ana -- env --chdir=/home/ana HOME=/home/ana tee-rex demo
runuser --user ana -- env --chdir=/home/ana HOME=/home/ana QT_QPA_PLATFORM=offscreen tee-rex-app --version
"${packages[@]}" remove tee-rex
test ! -e /usr/lib/tee-rex
