"""Flows: deploying an account, and a token's whole life, with the time of each step."""
