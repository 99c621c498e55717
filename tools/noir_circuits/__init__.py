"""Noir circuits of our own that belong to no transaction, recorded for tests."""
