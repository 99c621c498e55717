"""Cards, the blocks of pages."""
