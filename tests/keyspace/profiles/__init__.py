"""What the profiles of other servers than Redis 7.0.15 answer."""
