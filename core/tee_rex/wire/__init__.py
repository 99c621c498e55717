"""Models of the HTTP API (``protocol``) and of an enclave's control port (``control``).

Server, enclave and clients import them; they load no HTTP client and no cryptography.
"""
