"""Proving on a server: ``client.RemoteBackend`` with a reason to trust its key from ``trust``."""
