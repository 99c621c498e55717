"""What happened: a bounded list of events for the window, and a file of them for after a crash."""
