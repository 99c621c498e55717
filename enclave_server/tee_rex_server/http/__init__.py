"""The HTTP API of a proving server: routes, rate limits, monitoring, OpenAPI, uploads into an enclave."""
