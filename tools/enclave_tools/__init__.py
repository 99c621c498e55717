"""Builds the enclave's kernel and the emulator that boots enclave images in tests."""
