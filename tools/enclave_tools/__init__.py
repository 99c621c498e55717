"""Builds what an enclave needs outside Python: its kernel, and the emulator that boots it in tests."""
