"""Bringing a release to hosts of enclaves, and the files of such a host."""
