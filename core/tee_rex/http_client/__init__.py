"""The HTTP client: bounded requests to one server, without redirects and without compression.

``server_url.ServerUrl`` parses the address, ``connection.ServerConnection`` sends requests, ``answers``
decodes what comes back or raises the error of its status, ``retries.Retries`` repeats what is safe to repeat.

Downloads (bb, CRS) do not use it: they follow redirects, and pinned digests decide about their content.
"""
