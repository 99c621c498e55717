"""A private transaction on its way: execution steps, the request made of them, the proof and its events."""
