"""Talking to provers over HTTP."""
