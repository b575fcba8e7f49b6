package io.lettuce.core;

public enum ScriptOutputType {
  MULTI
}
