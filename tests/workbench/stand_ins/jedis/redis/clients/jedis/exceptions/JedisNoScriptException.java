package redis.clients.jedis.exceptions;

public class JedisNoScriptException extends RuntimeException {}
