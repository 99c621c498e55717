"""A real Aztec network on this machine for development: anvil as its L1, and Aztec's local network.

``packages`` installs the programs from npm, ``network`` starts and stops them. What stays is a small process
of ours, the ``supervisor``, which keeps the logs bounded and ends the network as a whole.
"""
