"""Source bytes to tokens to tree."""
