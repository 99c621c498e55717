"""The embedded prover: a session on ``bb msgpack run``, driven over a private Unix socket."""
