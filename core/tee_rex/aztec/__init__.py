"""Aztec networks: the node's client, the wallet bridge, and the flows that run through both."""
