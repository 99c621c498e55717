#!/bin/bash
# Installs the rpm in a folder with dnf, proves the sample as an ordinary user, and removes it: try-rpm.sh FOLDER
set -euo pipefail

useradd --create-home ana
dnf install --assumeyes --nogpgcheck "$PWD/$1"/tee-rex-*-amd64-linux.rpm
runuser --user ana -- env --chdir=/home/ana HOME=/home/ana tee-rex demo
runuser --user ana -- env --chdir=/home/ana HOME=/home/ana QT_QPA_PLATFORM=offscreen tee-rex-app --version
dnf remove --assumeyes tee-rex
test ! -e /usr/lib/tee-rex
