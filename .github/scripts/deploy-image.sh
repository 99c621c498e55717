#!/bin/bash
# Puts an enclave image into build/enclave: that of the release VERSION, or one built from this commit. What is not a
# release of TEE-Rex goes to the environment "test" alone.
set -euo pipefail

if test -z "$VERSION"; then
  if test "$ENVIRONMENT" != test; then
    echo "::error::only releases are deployed to $ENVIRONMENT: give a version"
    exit 1
  fi
  make enclave-image
  exit 0
fi
make .venv/.installed
image="tee-rex-$VERSION.eif"
mkdir --parents build/enclave
for file in "$image" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --output "build/enclave/$file" "$RELEASES/$VERSION/$file"
done
(cd build/enclave && grep --fixed-strings "  $image" SHA256SUMS | sha256sum --check --strict)
rm build/enclave/SHA256SUMS
# It has the PCRs that this checkout pins for it: whoever replaced both files on the page of releases is found.
.venv/bin/tee-rex-server image measure --json "build/enclave/$image" > build/measured.json
.venv/bin/python - build/measured.json "$VERSION" <<'PYTHON'
import json
import sys
from pathlib import Path

measured = json.loads(Path(sys.argv[1]).read_text("utf-8"))
if measured["release"] is None or measured["release"].split()[-1] != sys.argv[2]:
    sys.exit(f"::error::this commit knows no release {sys.argv[2]} with such PCRs; check out its tag")
PYTHON
