#!/bin/bash
# tofu.sh validate: the form of the OpenTofu files, and whether they fit the provider.
# tofu.sh plan: what they would change, with the variables TFVARS and the state that BACKEND names; ROLE reads.
set -euo pipefail

cd enclave_server/tee_rex_server/deploy/tofu
if test "$1" = validate; then
  tofu fmt -check -diff
  tofu init -backend=false -input=false
  tofu validate
  exit 0
fi
folder=$(mktemp --directory)
trap 'rm --recursive --force "$folder"' EXIT
umask 077
python3 "$OLDPWD/.github/scripts/oidc_token.py" "$folder/token"
printf '%s\n' "$TFVARS" > "$folder/variables.tfvars"
printf '%s\n' "$BACKEND" > "$folder/backend.tfvars"
export AWS_WEB_IDENTITY_TOKEN_FILE="$folder/token" AWS_ROLE_ARN="$ROLE" AWS_ROLE_SESSION_NAME=tee-rex-plan
tofu init -input=false -backend-config="$folder/backend.tfvars"
tofu plan -input=false -lock=false -var-file="$folder/variables.tfvars"
