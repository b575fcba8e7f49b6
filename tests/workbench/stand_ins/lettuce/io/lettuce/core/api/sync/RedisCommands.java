// Stands in for Lettuce: it knows no script, and eval answers its own call as JSON.
package io.lettuce.core.api.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

public class RedisCommands<K, V> {
  private final Charset charset;
  private byte[] library;

  public RedisCommands(Charset charset) {
    this.charset = charset;
  }

  @SafeVarargs
  public final <T> T evalsha(String digest, ScriptOutputType type, K[] keys, V... args) {
    throw new RedisNoScriptException();
  }

  @SafeVarargs
  public final <T> T eval(String script, ScriptOutputType type, K[] keys, V... args) {
    return told(script.getBytes(charset), "", keys, args);
  }

  @SafeVarargs
  public final <T> T eval(byte[] script, ScriptOutputType type, K[] keys, V... args) {
    return told(script, "", keys, args);
  }

  public String functionLoad(String code, boolean replace) {
    library = code.getBytes(charset);
    return "";
  }

  @SafeVarargs
  public final <T> T fcall(String function, ScriptOutputType type, K[] keys, V... args) {
    return told(library, "\"function\": " + hex(function) + ", ", keys, args);
  }

  @SuppressWarnings("unchecked")
  private <T> T told(byte[] script, String function, K[] keys, V[] args) {
    String call = "{\"script\": %s, %s\"keys\": [%s], \"args\": [%s]}";
    return (T) List.of(String.format(call, hex(script), function, listed(keys), listed(args)));
  }

  private String listed(Object[] values) {
    return Arrays.stream(values).map(RedisCommands::hex).collect(Collectors.joining(", "));
  }

  private static String hex(Object value) {
    StringBuilder text = new StringBuilder("\"");
    for (byte one : value instanceof byte[] ? (byte[]) value : ((String) value).getBytes(UTF_8)) {
      text.append(String.format("%02x", one));
    }
    return text.append('"').toString();
  }
}
