#!/bin/sh
# Adds TEE-Rex to this user's desktop menu: install-desktop-entry.sh [--remove]
# `make frozen` puts it beside the program. Run it again after moving the folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/tee-rex.desktop
sizes="16 24 32 48 64 128 256 512"

refresh() {
    command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database "$data/applications" || true
}

if [ "${1:-}" = --remove ]; then
    rm -f "$entry"
    for size in $sizes; do
        rm -f "$data/icons/hicolor/${size}x${size}/apps/tee-rex.png"
    done
    refresh
    echo "Removed TEE-Rex from the menu."
    exit 0
fi
if [ ! -x "$here/tee-rex-app" ]; then
    echo "tee-rex-app is not beside this script. Run the copy in the folder that \`make frozen\` builds." >&2
    exit 4
fi
mkdir -p "$data/applications"
# Exec's own quoting: backslash, quote, dollar and backtick are escaped inside the quotes, and % is doubled.
program=$(printf '%s' "$here/tee-rex-app" | sed -e 's/[\\"$`]/\\\\&/g' -e 's/%/%%/g')
while IFS= read -r line; do
    case $line in
        Exec=*) printf 'Exec="%s" %%F\n' "$program" ;;
        *) printf '%s\n' "$line" ;;
    esac
done <"$here/tee-rex.desktop" >"$entry"
for size in $sizes; do
    folder=$data/icons/hicolor/${size}x${size}/apps
    mkdir -p "$folder"
    cp "$here/_internal/tee_rex_app/resources/icons/tee-rex-$size.png" "$folder/tee-rex.png"
done
refresh
echo "Added TEE-Rex to the menu. To remove it: $0 --remove"
