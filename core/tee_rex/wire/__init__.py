"""Messages between our programs: the models of the HTTP API and of an enclave's control port."""
