package io.lettuce.core;

public class RedisNoScriptException extends RuntimeException {}
