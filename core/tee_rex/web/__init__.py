"""What every HTTP service of ours shares: bounded bodies, request ids, error answers."""
