#!/bin/bash
# Deploys what is in build/enclave to the fleet that FLEET describes, or takes the last deployment back (ROLLBACK).
# The identity is GitHub's: a token for this job, with which boto3 assumes ROLE. No key is stored anywhere.
# A session lasts an hour, and boto3 cannot ask for more: it begins the next one with a token that is kept fresh.
set -euo pipefail

if test -z "$FLEET" || test -z "$ROLE"; then
  echo "::error::the environment has no variables FLEET and DEPLOY_ROLE, see docs/deploying.md"
  exit 1
fi
if test "$ENVIRONMENT" = production && test "$ROLLBACK" != true && test -z "${AZTEC_NODE_URL:-}"; then
  echo "::error::nothing is deployed to production without AZTEC_NODE_URL, a live network to validate it on"
  exit 1
fi
mkdir --parents build
printf '%s\n' "$FLEET" > build/fleet.toml
folder=$(mktemp --directory)
renewing=
trap 'if test -n "$renewing"; then kill "$renewing"; fi; rm --recursive --force "$folder"' EXIT
python3 .github/scripts/oidc_token.py "$folder/token"
python3 .github/scripts/oidc_token.py "$folder/token" "${TOKEN_SECONDS:-240}" &
renewing=$!
export AWS_WEB_IDENTITY_TOKEN_FILE="$folder/token" AWS_ROLE_ARN="$ROLE" AWS_ROLE_SESSION_NAME=tee-rex-deploy
export TEE_REX_FLEET=build/fleet.toml
program=.venv/bin/tee-rex-server
if test "$ROLLBACK" = true; then
  "$program" deploy rollback
else
  release=build/enclave
  image=$(echo build/enclave/*.eif)
  # Of a release there is the image alone: this commit knows what it measures to.
  if test ! -e "$release/measurements.json"; then release=$image; fi
  if test "$ENVIRONMENT" = test; then
    # A run that was cancelled, of a pull request that nobody may finish, must not keep others waiting.
    "$program" deploy status --json > "$folder/status.json" || true
    if python3 .github/scripts/is_unfinished.py "$folder/status.json" "$image"; then
      "$program" deploy rollback
    fi
  fi
  "$program" deploy plan "$release"
  "$program" deploy apply "$release"
fi
"$program" deploy status
