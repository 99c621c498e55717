"""Cards: the blocks that pages are made of."""
