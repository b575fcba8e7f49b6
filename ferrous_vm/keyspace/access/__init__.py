"""Who may do what: users, the rules that make them, what these permit, and the log of what was refused (acl.c)."""
