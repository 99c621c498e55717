#!/bin/bash
# Deploys what is in build/enclave to the fleet that FLEET describes, or takes the last deployment back (ROLLBACK).
# The identity is GitHub's: a token for this job, with which boto3 assumes ROLE. No key is stored anywhere.
set -euo pipefail

if test -z "$FLEET" || test -z "$ROLE"; then
  echo "::error::the environment has no variables FLEET and DEPLOY_ROLE, see docs/deploying.md"
  exit 1
fi
mkdir --parents build
printf '%s\n' "$FLEET" > build/fleet.toml
folder=$(mktemp --directory)
trap 'rm --recursive --force "$folder"' EXIT
umask 077
python3 .github/scripts/oidc_token.py > "$folder/token"
export AWS_WEB_IDENTITY_TOKEN_FILE="$folder/token" AWS_ROLE_ARN="$ROLE" AWS_ROLE_SESSION_NAME=tee-rex-deploy
export TEE_REX_FLEET=build/fleet.toml
program=.venv/bin/tee-rex-server
if test "$ROLLBACK" = true; then
  "$program" deploy rollback
else
  release=build/enclave
  # Of a release there is the image alone: this commit knows what it measures to.
  if test ! -e "$release/measurements.json"; then release=$(echo build/enclave/*.eif); fi
  "$program" deploy plan "$release"
  "$program" deploy apply "$release"
fi
"$program" deploy status
