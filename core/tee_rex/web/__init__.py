"""What all HTTP services share: bounded bodies, request IDs, error answers, uvicorn with limits."""
