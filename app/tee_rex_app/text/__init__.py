"""The application's words: labels, log messages, translation."""
