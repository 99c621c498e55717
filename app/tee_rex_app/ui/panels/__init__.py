"""The panels beside and below the pages."""
