"""The server's key, and what it can attest: nothing, or a Nitro enclave."""
