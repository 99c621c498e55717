"""Attestation of the server's key: none, or by a Nitro enclave."""
