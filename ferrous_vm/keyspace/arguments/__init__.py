"""What the words of a command mean: numbers, times, patterns, keys, and the words of a line themselves."""
