"""Proving for clients: decoding requests, slots, the queue, jobs."""
