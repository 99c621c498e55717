#!/bin/sh
# Starts the current version in a folder of TEE-Rex that updates itself; see core/tee_rex/updates/folder.py.
# Each program of the folder (tee-rex, tee-rex-app) is a copy of this file under its name.
#
# If an update's first start did not say that it is healthy, this goes back to the version before.
set -u
self=$(readlink -f -- "$0")
top=${self%/*}
name=${self##*/}

point_back() {
    : >"$top/failed-${now##*/}"
    ln -s -- "$before" "$top/.current-$$" && mv -T -- "$top/.current-$$" "$top/current"
    rm -f -- "$top/tried" "$top/previous"
}

judge=tee-rex
[ -e "$top/current/tee-rex-app" ] && judge=tee-rex-app
before=$(readlink -- "$top/previous")
now=$(readlink -- "$top/current")
if [ -n "$before" ] && [ "$before" != "$now" ]; then
    if [ ! -x "$top/current/$name" ]; then
        point_back
    elif [ "$name" = "$judge" ]; then
        if [ ! -e "$top/tried" ]; then
            echo $$ >"$top/tried"
        elif ! kill -0 "$(cat "$top/tried")" 2>/dev/null; then
            point_back
        fi
    fi
fi
exec "$top/current/$name" "$@"
