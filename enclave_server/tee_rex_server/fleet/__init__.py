"""Many provers behind one address: dispatchers that hand out tickets, kept in PostgreSQL."""
