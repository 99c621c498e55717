"""Shared by our command-line programs: help, errors, cancelling, progress."""
