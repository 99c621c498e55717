"""The wallet: Aztec's JavaScript in a separate Node process, and its data on this machine."""
