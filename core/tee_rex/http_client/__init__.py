"""The HTTP client: bounded requests to one server, without redirects."""
