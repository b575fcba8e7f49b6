"""Tree to resolved tree and diagnostics: scopes, captured locals, lint."""
