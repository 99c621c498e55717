#!/bin/bash
# The first boot of a host, as root on Amazon Linux 2023: all but TEE-Rex itself, which docs/deploying.md installs.
set -euo pipefail

dnf install --assumeyes aws-nitro-enclaves-cli python3.13
mkdir --parents /opt/tee-rex-enclave/images
# No way in but Systems Manager.
systemctl disable --now sshd.service sshd.socket 2>/dev/null || true
