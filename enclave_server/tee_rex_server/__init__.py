"""Proving server for Aztec, plain or inside an AWS Nitro enclave."""

__version__ = "0.1.0"
