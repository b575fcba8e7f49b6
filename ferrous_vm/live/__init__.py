"""The workbench beside an endpoint: its page from this machine, with the engine in a process here."""
