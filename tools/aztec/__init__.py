"""The version bot: which Aztec versions exist, and adding one to ``resources/versions``."""
