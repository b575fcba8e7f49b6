"""Where the halves meet: EVAL to FCALL, redis.*, conversions, sandbox, script cache."""
