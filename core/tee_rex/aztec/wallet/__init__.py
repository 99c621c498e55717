"""The wallet: Aztec's JavaScript in a Node process of its own, and its data on this machine."""
