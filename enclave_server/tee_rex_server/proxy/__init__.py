"""The parent instance's side of enclaves: the public HTTP API, which forwards what only they can read."""
