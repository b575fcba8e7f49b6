package io.lettuce.core.api;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.api.sync.RedisCommands;

public class StatefulRedisConnection<K, V> implements AutoCloseable {
  private final RedisCommands<K, V> commands;

  public StatefulRedisConnection(ClientOptions options) {
    commands = new RedisCommands<>(options.charset);
  }

  public RedisCommands<K, V> sync() {
    return commands;
  }

  @Override
  public void close() {}
}
