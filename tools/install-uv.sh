#!/bin/sh
# Installs uv into a folder: install-uv.sh PYTHON VERSION FOLDER
# It tries a virtual environment, pip into a folder (Debian without python3-venv), and Debian's packages as root.
set -eu
python=$1 version=$2 folder=$3
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is required (on Debian and Ubuntu: apt install python3)." >&2
    exit 1
fi
echo "Installing uv $version into $folder …"
rm -rf "$folder"
mkdir -p "$folder"
if "$python" -m venv "$folder/venv" >/dev/null 2>&1; then
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "uv==$version"
elif "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m pip install --quiet --disable-pip-version-check --target "$folder/venv" "uv==$version"
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    # A mirror may fail for a moment, and another apt may be running.
    apt="apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120"
    $apt update && $apt install -y python3-venv >/dev/null
    "$python" -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "uv==$version"
else
    echo "uv cannot be installed: $python has neither venv nor pip. Run: sudo apt install python3-venv" >&2
    exit 1
fi
mkdir -p "$folder/bin"
ln -sf ../venv/bin/uv "$folder/bin/uv"
"$folder/bin/uv" --version
