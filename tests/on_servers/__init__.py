"""Scripts on servers that run."""
