"""One widget a file; each shows the state and sends intents."""
