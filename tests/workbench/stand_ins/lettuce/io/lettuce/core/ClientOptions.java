package io.lettuce.core;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** How Lettuce encodes the text of scripts and libraries. */
public class ClientOptions {
  public Charset charset = StandardCharsets.UTF_8;

  public static Builder builder() {
    return new Builder();
  }

  public static class Builder {
    private final ClientOptions options = new ClientOptions();

    public Builder scriptCharset(Charset charset) {
      options.charset = charset;
      return this;
    }

    public ClientOptions build() {
      return options;
    }
  }
}
