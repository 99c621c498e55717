"""Desktop application that proves private Aztec transactions."""

__version__ = "0.1.0"
