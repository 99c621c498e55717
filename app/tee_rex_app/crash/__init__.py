"""Internal errors: hooks that catch them, a report without secrets, a window that shows it."""
