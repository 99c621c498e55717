"""Transactions of small circuits of our own, recorded for tests."""
