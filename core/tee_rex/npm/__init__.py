"""Installing Aztec's npm packages, and replacing the verification keys in them by development keys."""
