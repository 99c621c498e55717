"""Dialogs and separate windows."""
