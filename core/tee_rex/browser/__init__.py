"""Proofs for web pages: a listener on this machine that speaks the interface of Presto's client."""
