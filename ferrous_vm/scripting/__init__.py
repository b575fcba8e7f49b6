"""Where Lua and the keyspace meet: EVAL to FCALL, redis.*, conversions, sandbox, script cache, function libraries."""
