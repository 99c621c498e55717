"""The application's texts: labels, log messages, translation."""
