"""Desktop integration: single instance, window geometry, notifications."""
