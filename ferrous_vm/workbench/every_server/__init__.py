"""One script on every server: what each answers, where they differ, and the rules that make the difference."""
