#!/bin/sh
# Starts the current version in a folder of TEE-Rex that updates itself; see core/tee_rex/updates/folder.py.
# Each program of the folder (tee-rex, tee-rex-app) is a copy of this file under its name.
#
# If an update's first start did not say that it is healthy, this goes back to the version before. Where that
# cannot be recorded (full disk, folder of another user), it starts the version before all the same.
set -u
self=$(readlink -f -- "$0")
top=${self%/*}
name=${self##*/}

# When a process began, in ticks since the system did: another one with its number is another one.
begin_of() {
    read -r fields <"/proc/$1/stat" && set -- ${fields##*)} && echo "${20}"
} 2>/dev/null

go_back() {
    touch -- "$top/failed-${now##*/}" 2>/dev/null # ":" would end this shell where it cannot write
    ln -sfT -- "$before" "$top/.current-$$" 2>/dev/null && mv -T -- "$top/.current-$$" "$top/current" &&
        rm -f -- "$top/tried" "$top/previous"
    starts=$top/$before
}

starts=$top/current
judge=tee-rex
[ -e "$top/current/tee-rex-app" ] && judge=tee-rex-app
before=$(readlink -- "$top/previous")
now=$(readlink -- "$top/current")
if [ -n "$before" ] && [ "$before" != "$now" ]; then
    if [ ! -x "$top/current/$name" ]; then
        go_back
    elif [ "$name" = "$judge" ]; then
        tried=$(readlink -- "$top/tried")
        if [ -z "$tried" ]; then
            # A link is there with its content or not at all.
            ln -sT -- "$$-$(begin_of $$)" "$top/tried" 2>/dev/null
        elif ! kill -0 "${tried%-*}" 2>/dev/null || [ "$(begin_of "${tried%-*}")" != "${tried#*-}" ]; then
            go_back
        fi
    fi
fi
exec "$starts/$name" "$@"
