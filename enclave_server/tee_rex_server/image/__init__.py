"""The enclave image: built from pinned inputs, without AWS's tools, the same wherever it is built."""
