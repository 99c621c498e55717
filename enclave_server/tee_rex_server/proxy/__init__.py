"""The host's side of an enclave: the public HTTP API in front of it, which passes on what it cannot read."""
