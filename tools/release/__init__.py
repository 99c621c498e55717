"""The feed of releases: its keys, and signing what is in it (TUF)."""
