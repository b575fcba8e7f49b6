"""redis-cli lines for a shell (bash, zsh, ksh): every byte arrives as it is.

Readable arguments stand in single quotes. What a shell cannot pass, a NUL above all, goes through redis-cli's own
escapes, which `--quoted-input` switches on (redis-cli.c, `unquoteCString`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.workbench.escapes import QUOTED
from ferrous_vm.workbench.exports.call import NamedCall, Unavailable, readable

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/,@%+")


def single_quoted(text: str) -> str:
    """A POSIX shell word: bare where that is safe, else in single quotes."""
    if text and all(character in _BARE for character in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def dollar_quoted(value: bytes) -> str:
    """A word as bash, zsh and ksh read it in $'...': bytes that are not readable as three octal digits."""
    text = "".join(
        f"\\{chr(byte)}" if byte in b"\\'" else chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}" for byte in value
    )
    return f"$'{text}'"


def redis_quoted(value: bytes) -> str:
    """What `--quoted-input` reads as `value`; line feeds stay, so that a script keeps its lines."""
    text = value.decode("latin-1")
    if text and all(character in _BARE for character in text):
        return text
    return single_quoted('"' + "".join("\n" if byte == 0x0A else QUOTED[byte] for byte in value) + '"')


def redis_cli(words: Sequence[bytes], protocol: int = 2) -> str:
    """A line that makes redis-cli send `words`."""
    options = ["redis-cli", *(["-3"] if protocol == 3 else [])]
    texts = [text for word in words if (text := readable(word)) is not None]
    if len(texts) == len(words):
        return " ".join([*options, *map(single_quoted, texts)])
    return " ".join([*options, "--quoted-input", *map(redis_quoted, words)])


def write_eval(call: NamedCall) -> str:
    """EVAL with the script in the line."""
    command = b"EVAL_RO" if call.mode == "EVAL_RO" else b"EVAL"
    return redis_cli([command, call.script, *call.words], call.protocol) + "\n"


def write_eval_file(call: NamedCall) -> str:
    """EVAL of a file, with its comma between KEYS and ARGV. Raises Unavailable.

    What follows the file's name is not read with escapes, and as an option while it begins with a hyphen.
    """
    if any(b"\0" in word for word in call.words):
        raise Unavailable("An argument holds a NUL byte, which no program can be started with: use the EVAL line.")
    if b"," in call.keys:
        raise Unavailable("A key is a comma, which --eval takes for the end of the keys: use the EVAL line.")
    if call.keys and call.keys[0].startswith(b"-"):
        raise Unavailable("The first key begins with a hyphen, which redis-cli takes for an option: use the EVAL line.")
    words = [*call.keys, *([b",", *call.argv] if call.argv else [])]
    options = ["redis-cli", *(["-3"] if call.protocol == 3 else []), "--eval", f"{call.snake_name}.lua"]
    return " ".join([*options, *map(_word, words)]) + "\n"


def _word(value: bytes) -> str:
    text = readable(value)
    return dollar_quoted(value) if text is None else single_quoted(text)


def write_evalsha(call: NamedCall) -> str:
    """SCRIPT LOAD once, then EVALSHA as often as wanted."""
    command = b"EVALSHA_RO" if call.mode == "EVAL_RO" else b"EVALSHA"
    load = redis_cli([b"SCRIPT", b"LOAD", call.script])
    return f"{load}\n{redis_cli([command, call.sha1.encode(), *call.words], call.protocol)}\n"


def library(call: NamedCall) -> bytes:
    """The script as a library of one function (FUNCTION LOAD); what follows `return` in it stays a block's end."""
    name = call.snake_name.encode()
    parameters = b"KEYS, ARGV, ..." if b"..." in call.body else b"KEYS, ARGV"
    body = call.body if call.body.startswith(b"\n") else b"\n" + call.body
    function = b"function(%b)%b\nend" % (parameters, body.removesuffix(b"\n"))
    flags = ["no-writes"] if call.mode == "EVAL_RO" and call.flags is None else call.flags
    if flags:
        listed = ", ".join(f"'{flag}'" for flag in flags).encode()
        table = b"{\n  function_name = '%b',\n  callback = %b,\n  flags = {%b},\n}" % (name, function, listed)
        return b"#!lua name=%b\nredis.register_function%b\n" % (name, table)
    return b"#!lua name=%b\nredis.register_function('%b', %b)\n" % (name, name, function)


def write_function(call: NamedCall) -> str:
    """FUNCTION LOAD once, then FCALL."""
    command = b"FCALL_RO" if call.mode == "EVAL_RO" else b"FCALL"
    load = redis_cli([b"FUNCTION", b"LOAD", b"REPLACE", library(call)])
    return f"{load}\n{redis_cli([command, call.snake_name.encode(), *call.words], call.protocol)}\n"
