"""Proving for clients: decoding requests, slots and queue, jobs."""
