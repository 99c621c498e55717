"""A real Aztec network on this machine for development: anvil as its L1, and Aztec's local network.

``packages`` brings the programs from npm, ``network`` starts and ends them. A small process of ours, the
``supervisor``, is what stays: it keeps the logs bounded and ends the network as a whole.
"""
