"""Packages from npm and the Node that runs them; no module of ours below this room is JavaScript."""
