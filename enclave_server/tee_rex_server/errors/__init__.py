"""The server's own entries of the catalogue of errors, one module for each program: server, proxy, image."""
