#!/bin/sh
# Puts TEE-Rex into the desktop's menu for this user: install-desktop-entry.sh [--remove]
# Lies beside the program that `make frozen` makes; run it again after moving the folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/tee-rex.desktop
sizes="16 24 32 48 64 128 256 512"

if [ "${1:-}" = --remove ]; then
    rm -f "$entry"
    for size in $sizes; do
        rm -f "$data/icons/hicolor/${size}x${size}/apps/tee-rex.png"
    done
    echo "TEE-Rex is no longer in the menu."
    exit 0
fi
if [ ! -x "$here/tee-rex-app" ]; then
    echo "There is no tee-rex-app beside this script: run the copy in the folder that make frozen made." >&2
    exit 4
fi
mkdir -p "$data/applications"
# Exec's own quoting: backslash, quote, dollar and backtick are escaped inside the quotes, and % is doubled.
program=$(printf '%s' "$here/tee-rex-app" | sed -e 's/[\\"$`]/\\\\&/g' -e 's/%/%%/g')
while IFS= read -r line; do
    case $line in
        Exec=*) printf 'Exec="%s" %%f\n' "$program" ;;
        *) printf '%s\n' "$line" ;;
    esac
done <"$here/tee-rex.desktop" >"$entry"
for size in $sizes; do
    folder=$data/icons/hicolor/${size}x${size}/apps
    mkdir -p "$folder"
    cp "$here/_internal/tee_rex_app/resources/icons/tee-rex-$size.png" "$folder/tee-rex.png"
done
command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database "$data/applications" || true
echo "TEE-Rex is in the menu now. To take it out again: $0 --remove"
