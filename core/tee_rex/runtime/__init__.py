"""Starting programs (bb, Node) that need a newer C library than this system has."""
