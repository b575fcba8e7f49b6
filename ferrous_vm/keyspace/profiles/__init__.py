"""What differs between versions of the server that a keyspace imitates."""
