"""Barretenberg (``bb``), Aztec's prover: its pinned digests, and how it is downloaded, checked and found."""
