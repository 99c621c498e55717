"""What runs inside an enclave: the first process, and the server it starts."""
