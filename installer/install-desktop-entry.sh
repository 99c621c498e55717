#!/bin/sh
# Adds TEE-Rex to this user's desktop menu: install-desktop-entry.sh [--remove]
# `make frozen` puts it beside the program. Run it again after moving the folder. An AppImage does it with
# --install-desktop-entry, and the menu then starts that file.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
# In a folder that updates itself, the menu starts whichever version is current.
programs=$here
case $here in */versions/*) [ ! -x "${here%/versions/*}/tee-rex-app" ] || programs=${here%/versions/*} ;; esac
start=$programs/tee-rex-app
again=$0
if [ -n "${APPIMAGE:-}" ] && [ "${APPDIR:-}" = "$here" ]; then
    start=$APPIMAGE
    again="$APPIMAGE --install-desktop-entry"
fi
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/tee-rex.desktop
kind=$data/mime/packages/tee-rex.xml
sizes="16 24 32 48 64 128 256 512"

refresh() {
    command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database "$data/applications" || true
    command -v update-mime-database >/dev/null 2>&1 && update-mime-database "$data/mime" || true
}

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$kind"
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
mkdir -p "$data/applications" "$data/mime/packages"
cp "$here/tee-rex.xml" "$kind"
# Exec's own quoting: backslash, quote, dollar and backtick are escaped inside the quotes, and % is doubled.
program=$(printf '%s' "$start" | sed -e 's/[\\"$`]/\\\\&/g' -e 's/%/%%/g')
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
echo "Added TEE-Rex to the menu. To remove it: $again --remove"
