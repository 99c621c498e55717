"""Obtaining Barretenberg (``bb``), checking it, and running it on systems whose C library is too old."""
