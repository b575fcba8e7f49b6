package io.lettuce.core.codec;

public class ByteArrayCodec {
  public static final ByteArrayCodec INSTANCE = new ByteArrayCodec();
}
