#!/bin/bash
# Makes a disk image of the app for macOS, signed and notarised: dmg.sh APP OUTPUT, and VERSION.
# APP: TEE-Rex.app, as `make frozen` makes it. The file is OUTPUT/tee-rex-<VERSION>-<platform>.dmg.
#
# Signed by MACOS_IDENTITY, "Developer ID Application: …", whose certificate is MACOS_CERTIFICATE (a .p12 in
# base64, opened by MACOS_CERTIFICATE_PASSWORD). Notarised with NOTARY_KEY (a .p8 of App Store Connect),
# NOTARY_KEY_ID and NOTARY_ISSUER. What has no secrets is left out, and this says so.
set -euo pipefail

app=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)
case $(uname -m) in
  arm64) platform=arm64-macos ;;
  *) platform=amd64-macos ;;
esac
work=$(mktemp -d)
keychain=$work/signing.keychain-db
trap 'security delete-keychain "$keychain" 2> /dev/null || true; rm -rf "$work"' EXIT

sign() {
  codesign --force --timestamp --options runtime --sign "$MACOS_IDENTITY" --keychain "$keychain" "$@"
}

if test -n "${MACOS_IDENTITY:-}"; then
  password=$(uuidgen)
  printf '%s' "$MACOS_CERTIFICATE" | base64 --decode > "$work/certificate.p12"
  security create-keychain -p "$password" "$keychain"
  security unlock-keychain -p "$password" "$keychain"
  security import "$work/certificate.p12" -k "$keychain" -P "$MACOS_CERTIFICATE_PASSWORD" -T /usr/bin/codesign
  security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" > /dev/null
  # From the inside out: a signature covers those below it.
  find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' -o -perm -u+x \) -print0 \
    | while IFS= read -r -d '' file; do
      if file "$file" | grep --quiet Mach-O; then sign --entitlements "$here/entitlements.plist" "$file"; fi
    done
  sign --entitlements "$here/entitlements.plist" "$app"
  codesign --verify --deep --strict "$app"
else
  echo "Not signed: MACOS_IDENTITY is empty."
fi

mkdir -p "$work/image" "$output"
cp -R "$app" "$work/image"
ln -s /Applications "$work/image/Applications"
dmg=$output/tee-rex-$VERSION-$platform.dmg
hdiutil create -quiet -volname "TEE-Rex $VERSION" -srcfolder "$work/image" -format ULFO -ov "$dmg"

if test -n "${MACOS_IDENTITY:-}" && test -n "${NOTARY_KEY:-}"; then
  sign "$dmg"
  printf '%s' "$NOTARY_KEY" > "$work/notary.p8"
  xcrun notarytool submit "$dmg" --wait \
    --key "$work/notary.p8" --key-id "$NOTARY_KEY_ID" --issuer "$NOTARY_ISSUER"
  xcrun stapler staple "$dmg"
else
  echo "Not notarised: MACOS_IDENTITY or NOTARY_KEY is empty."
fi

# What people download starts.
hdiutil attach -quiet -nobrowse -mountpoint "$work/mounted" "$dmg"
"$work/mounted/TEE-Rex.app/Contents/MacOS/tee-rex" --version
hdiutil detach -quiet "$work/mounted"
