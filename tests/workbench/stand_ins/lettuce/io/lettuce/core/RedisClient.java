package io.lettuce.core;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;

public class RedisClient {
  private ClientOptions options = new ClientOptions();

  public static RedisClient create(String address) {
    return new RedisClient();
  }

  public void setOptions(ClientOptions options) {
    this.options = options;
  }

  public StatefulRedisConnection<String, String> connect() {
    return new StatefulRedisConnection<>(options);
  }

  public StatefulRedisConnection<byte[], byte[]> connect(ByteArrayCodec codec) {
    return new StatefulRedisConnection<>(options);
  }

  public void shutdown() {}
}
