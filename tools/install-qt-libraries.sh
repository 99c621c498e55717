#!/bin/sh
# Installs the system libraries that Qt needs: install-qt-libraries.sh PYSIDE_FOLDER
# Installs them as root on Debian or Ubuntu, elsewhere lists them. Never fails: only the desktop app needs them.
set -u
pyside=$1
missing=$(for file in "$pyside"/Qt/lib/libQt6Core.so.6 "$pyside"/Qt/lib/libQt6Gui.so.6 \
    "$pyside"/Qt/lib/libQt6Widgets.so.6 "$pyside"/Qt/lib/libQt6DBus.so.6 \
    "$pyside"/Qt/plugins/platforms/libqxcb.so "$pyside"/Qt/plugins/platforms/libqwayland*.so; do
    [ -e "$file" ] && ldd "$file" 2>/dev/null | awk '/not found/ { print $1 }'
done | sort -u)
[ -n "$missing" ] || exit 0
# Debian names a library's package after its soname: libEGL.so.1 is in libegl1, libX11.so.6 in libx11-6.
packages=$(for soname in $missing; do
    case $soname in
        libglib-2.0.so.0 | libgthread-2.0.so.0) echo libglib2.0-0 ;;
        *) echo "$soname" | tr 'A-Z_' 'a-z-' | sed -E 's/^(.*[0-9])\.so\.([0-9]+)$/\1-\2/; s/^(.*)\.so\.([0-9]+)$/\1\2/' ;;
    esac
done | sort -u | tr '\n' ' ')
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The desktop app needs libraries that are not installed:" $missing
elif [ "$(id -u)" = 0 ]; then
    echo "Installing system libraries for Qt: $packages"
    # A mirror may fail for a moment, and another apt may be running.
    apt="apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120"
    # shellcheck disable=SC2086  # lists of words
    { $apt update && DEBIAN_FRONTEND=noninteractive $apt install -y --no-install-recommends $packages; } \
        >/dev/null || echo "The installation failed. The desktop app needs: $packages"
else
    echo "The desktop app needs system libraries. Run: sudo apt install $packages"
fi
exit 0
