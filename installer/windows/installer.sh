#!/bin/bash
# Makes the installer for Windows: installer.sh FOLDER OUTPUT, and VERSION. FOLDER: the frozen app.
# The file is OUTPUT/tee-rex-<VERSION>-amd64-windows.exe. It is not signed, so Windows warns. Needs makensis.
set -euo pipefail

folder=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The uninstaller removes what the installer has written, and nothing else: files by name, then empty folders.
python3 "$here/uninstall_list.py" "$folder" > "$work/uninstall.nsh"
mkdir -p "$output"
makensis=$(command -v makensis || echo "/c/Program Files (x86)/NSIS/makensis.exe")
native() {
  if command -v cygpath > /dev/null; then cygpath --windows --absolute "$1"; else realpath "$1"; fi
}
cp "$here/tee-rex.nsi" "$work"
"$makensis" -V2 -WX -NOCD -INPUTCHARSET UTF8 \
  "-DVERSION=$VERSION" \
  "-DFOLDER=$(native "$folder")" \
  "-DUNINSTALL=$(native "$work/uninstall.nsh")" \
  "-DICON=$(native "$here/../../resources/app/icons/tee-rex.ico")" \
  "-DOUTPUT=$(native "$output")/tee-rex-$VERSION-amd64-windows.exe" \
  "$(native "$work/tee-rex.nsi")"
