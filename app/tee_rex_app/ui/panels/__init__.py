"""Panels: the sidebar and those at the bottom."""
