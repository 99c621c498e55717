"""Views: they show the state and call intents."""
