"""Attacks from outside on the real programs, with what came of them: ``make attacks``."""
