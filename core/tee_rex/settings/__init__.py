"""Settings: where each value comes from, the settings file, and the rules for each value."""
