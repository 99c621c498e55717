"""What runs inside an enclave: the init process and the server that it starts."""
