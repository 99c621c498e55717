"""The command line, ``tee-rex``: one module a group of commands."""
