"""Flows: deploying an account and a token's whole life, step by step, with timings."""
