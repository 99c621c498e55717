"""The event log: a bounded list for the window, and a file that survives a crash."""
