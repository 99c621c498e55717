"""Prove private Aztec transactions: on this machine, on a server, or in a TEE."""

__version__ = "0.1.0"
