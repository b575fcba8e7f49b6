"""The data types: each a class with a few mutating primitives that keep the journal (see `keyspace/journal.py`)."""
