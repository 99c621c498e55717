"""The HTTP API of a proving server: routes, limits, health, metrics."""
