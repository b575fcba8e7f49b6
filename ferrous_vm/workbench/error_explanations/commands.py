"""Errors that Redis's commands answer: which argument, what it was, what to do."""

from __future__ import annotations

import re

from ferrous_vm.keyspace.command_table import TABLE
from ferrous_vm.printing import printed
from ferrous_vm.workbench.error_explanations.clues import (
    Clues,
    Explanation,
    is_integer,
    is_number,
    is_score,
    is_text_bound,
    nearest,
    plain,
    row,
    shown,
)
from ferrous_vm.workbench.explaining import syntax_of

OTHER_TYPE = {
    "string": "GET, SET and INCR work on strings",
    "list": "LRANGE, LPUSH and RPOP work on lists",
    "hash": "HGET, HSET and HGETALL work on hashes",
    "set": "SMEMBERS, SADD and SISMEMBER work on sets",
    "zset": "ZRANGE, ZADD and ZSCORE work on sorted sets",
    "stream": "XRANGE, XADD and XLEN work on streams",
}

INSTEAD = {
    "BLPOP": "A script cannot wait: use LPOP, and return when there is nothing.",
    "BRPOP": "A script cannot wait: use RPOP, and return when there is nothing.",
    "BLMOVE": "A script cannot wait: use LMOVE.",
    "BRPOPLPUSH": "A script cannot wait: use RPOPLPUSH.",
    "BZPOPMIN": "A script cannot wait: use ZPOPMIN.",
    "BZPOPMAX": "A script cannot wait: use ZPOPMAX.",
    "MULTI": "A script is one transaction already: leave MULTI and EXEC away.",
    "EXEC": "A script is one transaction already: leave MULTI and EXEC away.",
    "WATCH": "Nothing else runs while a script runs: there is nothing to watch.",
    "EVAL": "Scripts do not call scripts: write a local function and call it.",
    "EVALSHA": "Scripts do not call scripts: write a local function and call it.",
    "FCALL": "Functions do not call functions through Redis: write a local function in the library.",
    "SUBSCRIBE": "A script cannot wait for messages; it can PUBLISH.",
    "CONFIG": "Pass the setting as an argument instead of asking for it.",
}
"""What to do instead of a command that scripts may not call."""


def _command(clues: Clues) -> str:
    """`HSET "user:1"`: the command and its key."""
    return clues.name if clues.key is None else f"{clues.name} {shown(clues.key)}"


def _place(clues: Clues, wrong: str) -> str:
    return f"{wrong} of {clues.name}" if wrong else f"an argument of {clues.name}"


@row("wrong-type", r"WRONGTYPE .*")
def _wrong_type(clues: Clues, found: re.Match[str]) -> Explanation:
    key = clues.key
    at = clues.value_at(key) if key is not None else None
    if key is None or at is None:
        return Explanation(f"{clues.name} met a key that holds another type of value.", "Look at it with TYPE.")
    kind, group = at[0], clues.row.group if clues.row else "other"
    what = f"The key {shown(key)} holds a {kind}, and {clues.name} is a command for another type ({group})."
    those = OTHER_TYPE.get(kind, "TYPE tells what it is")
    return Explanation(what, f"{those}: use one of them, another key, or DEL first.")


@row("not-an-integer", r"value is not an integer or out of range|value is out of range(?:, must be positive)?")
def _not_an_integer(clues: Clues, found: re.Match[str]) -> Explanation:
    key = clues.key
    at = clues.value_at(key) if key is not None else None
    counts = clues.name in ("INCR", "DECR", "INCRBY", "DECRBY")
    if key is not None and at is not None and counts and not is_integer(at[1]):
        what = f"The key {shown(key)} holds {shown(at[1])}, no integer of 64 bits, so {clues.name} cannot count on."
        return Explanation(what, "SET it to an integer first; for fractions there is INCRBYFLOAT.")
    row = clues.row
    start = row.last_key + 1 if row and row.last_key > 0 else 1
    wrong = clues.first_of_type("integer", _no_integer) or clues.first_of_option(_INTEGERS, _no_integer)
    wrong = wrong or clues.first(_no_integer, start)
    if not wrong:
        wrong = clues.first(lambda word: word[:1] == b"-", start)
        what = f"Redis wants 0 or more where {_place(clues, wrong)} stands."
        return Explanation(what, "Check the sign of the number.")
    what = f"Redis wants an integer of 64 bits where {_place(clues, wrong)} stands."
    return Explanation(what, "Pass digits only; math.floor(…) makes an integer of a number.")


_INTEGERS = ("integer", "unix-time")


def _no_integer(word: bytes) -> bool:
    return not is_integer(word)


@row("not-a-float", r"value is not a valid float")
def _not_a_float(clues: Clues, found: re.Match[str]) -> Explanation:
    key = clues.key
    at = clues.value_at(key) if key is not None else None
    if key is not None and at is not None and at[0] == "string" and not is_number(at[1]):
        what = f"The key {shown(key)} holds {shown(at[1])}, which is no number, so {clues.name} cannot add to it."
        return Explanation(what, "SET it to a number first.")
    wrong = clues.first_of_type("double", _no_number) or clues.first_of_option(("double",), _no_number)
    wrong = wrong or clues.first(_no_number, 2)
    what = f"Redis wants a number where {_place(clues, wrong)} stands."
    return Explanation(what, "Check the order of the arguments.")


def _no_number(word: bytes) -> bool:
    return not is_number(word)


@row("hash-field-no-number", r"hash value is not (?:an integer|a float)")
def _hash_field(clues: Clues, found: re.Match[str]) -> Explanation:
    field = clues.words[2] if len(clues.words) > 2 else b""
    place = f"The field {shown(field)} of the hash {shown(clues.key or b'')}"
    what = f"{place} holds no number, so {clues.name} cannot add to it."
    return Explanation(what, "HSET the field to a number first; for fractions there is HINCRBYFLOAT.")


@row("syntax-error", r"syntax error.*")
def _syntax_error(clues: Clues, found: re.Match[str]) -> Explanation:
    line = " ".join(shown(word) for word in clues.words[1:6])
    what = f"{clues.name} does not understand its options: {line}."
    return Explanation(what, f"It is called so: {syntax_of(clues.words)}")


@row("unknown-command", r"Unknown Redis command called from script")
def _unknown_command(clues: Clues, found: re.Match[str]) -> Explanation:
    container = TABLE.get(clues.words[0].lower())
    if container is not None and container.subcommands and len(clues.words) > 1:
        known = sorted(name.decode().upper() for name in container.subcommands)
        guess = nearest(printed(clues.words[1].upper()), known)
        return Explanation(
            f"{clues.name} has no subcommand {shown(clues.words[1])}.{guess}", f"It has {', '.join(known)}."
        )
    guess = nearest(clues.name, (name.decode().upper() for name in TABLE))
    return Explanation(
        f"There is no command {shown(clues.words[0])} in Redis 7.0.{guess}",
        "The first argument of redis.call is the command's name alone; each of its arguments is one more.",
    )


@row(
    "wrong-arity",
    r"Wrong number of args calling Redis command from script|wrong number of arguments for '[^']*' command",
)
def _wrong_arity(clues: Clues, found: re.Match[str]) -> Explanation:
    count = len(clues.words) - 1
    given = f"{count} {'argument' if count == 1 else 'arguments'}"
    what = f"{clues.name} was given {given}, which is not how many it takes."
    return Explanation(what, f"It is called so: {syntax_of(clues.words)}. unpack of an empty table passes nothing.")


@row("not-allowed", r"This Redis command is not allowed from script")
def _not_allowed(clues: Clues, found: re.Match[str]) -> Explanation:
    advice = INSTEAD.get(clues.name, "Call it from the client, before or after the script.")
    return Explanation(f"{clues.name} may not be called from a script: it waits, or changes the connection.", advice)


@row("read-only-script", r"Write commands are not allowed from read-only scripts\.")
def _read_only(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"{_command(clues)} would write, and this run may only read: EVAL_RO, FCALL_RO, or the flag no-writes."
    return Explanation(what, "Call the script with EVAL or FCALL, or take the flag away.")


@row("no-such-key", r"no such key|The specified key does not exist|.*requires the key to exist.*")
def _no_such_key(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"The key {shown(clues.key or b'')} does not exist, and {clues.name} needs it."
    return Explanation(what, "Ask EXISTS first, or create it. In the page: does the fixture make it?")


@row("bound-no-score", r"min or max is not a float")
def _no_score(clues: Clues, found: re.Match[str]) -> Explanation:
    wrong = clues.first(lambda word: not is_score(word), 2)
    what = f"A bound must be a score, and {_place(clues, wrong)} is none."
    return Explanation(what, "Write a number, (5 to leave out the bound itself, or -inf and +inf.")


@row("bound-no-text", r"min or max not valid string range item")
def _no_text_bound(clues: Clues, found: re.Match[str]) -> Explanation:
    wrong = clues.first(lambda word: not is_text_bound(word), 2)
    what = f"A bound of a lexicographical range begins with [ or (, and {_place(clues, wrong)} does not."
    return Explanation(what, "Write [a with the bound, (a without it, - and + for the ends.")


@row("expire-time", r"invalid expire time in '([^']*)' command")
def _expire_time(clues: Clues, found: re.Match[str]) -> Explanation:
    wrong = clues.first(lambda word: is_integer(word) and int(word) <= 0, 2) or clues.first(is_integer, 2)
    what = f"{_place(clues, wrong)} is no time a key can live: it must be positive and fit 64 bits in milliseconds."
    return Explanation(what[0].upper() + what[1:], "EX takes seconds, PX milliseconds. DEL removes the key at once.")


@row("xadd-id", r"The ID specified in XADD .*")
def _xadd_id(clues: Clues, found: re.Match[str]) -> Explanation:
    identifier = clues.first(lambda word: re.fullmatch(rb"\d+(-(\d+|\*))?", word) is not None, 2)
    what = f"The entries of a stream only grow, and {_place(clues, identifier)} is not beyond the last one."
    return Explanation(what, "Pass * and let Redis choose the ID, or a greater one.")


@row("stored-text-too-long", r"string exceeds maximum allowed size \(proto-max-bulk-len\)|offset is out of range")
def _too_long(clues: Clues, found: re.Match[str]) -> Explanation:
    wrong = clues.first(is_integer, 2)
    what = f"{_place(clues, wrong)} reaches outside a string, which has 512 MB at most and begins at 0."
    return Explanation(what[0].upper() + what[1:], "Check the offset: in bytes, from 0.")


ROWS = (
    _wrong_type,
    _not_an_integer,
    _not_a_float,
    _hash_field,
    _syntax_error,
    _unknown_command,
    _wrong_arity,
    _not_allowed,
    _read_only,
    _no_such_key,
    _no_score,
    _no_text_bound,
    _expire_time,
    _xadd_id,
    _too_long,
    plain(
        "index-out-of-range",
        r"index out of range",
        "The list has no element at this index.",
        "Indexes count from 0, or from -1 backwards. LLEN tells how many there are.",
    ),
    plain(
        "overflow",
        r"(?:increment or )?decrement would overflow|increment would produce NaN or Infinity",
        "The sum would not fit: integers have 64 bits, floats end at about 1.8e308.",
        "Check the step, and what the key holds already.",
    ),
    plain(
        "database-index",
        r"(?:ERR )?DB index is out of range",
        "There is no such database.",
        "SELECT takes 0 to 15, unless the server's configuration names more.",
    ),
    plain(
        "invalid-cursor",
        r"invalid cursor",
        "The cursor of SCAN and its kin is a number that SCAN itself answered.",
        "Begin with 0, pass on the first element of each reply, and end when it is 0 again.",
    ),
    plain(
        "numkeys",
        r"(?:numkeys should be greater than 0|at least 1 input key is needed for '([^']*)' command)",
        "The command wants to know how many keys follow, and was told none.",
        "Pass the number of keys before them: #KEYS when they are all of KEYS.",
    ),
    plain(
        "blocking-read",
        r"(\w+) command is not allowed with BLOCK option from scripts",
        "A script cannot wait, so {0} must not be told to BLOCK.",
        "Leave BLOCK and its time away: without it the command answers at once.",
    ),
    plain(
        "group-exists",
        r"BUSYGROUP .*",
        "The stream has a consumer group of that name already.",
        "Call XGROUP CREATE through redis.pcall and go on when the error begins with BUSYGROUP.",
    ),
    plain(
        "no-group",
        r"NOGROUP .*",
        "The stream, or this consumer group of it, does not exist.",
        "Create both with XGROUP CREATE key group $ MKSTREAM.",
    ),
    plain(
        "options-exclude",
        r"(?:XX and NX|NX and XX, GT or LT|GT, LT, and/or NX) options at the same time are not compatible",
        "Two of the options exclude each other: NX is for what does not exist yet, XX for what does.",
        "Keep one of them.",
    ),
    plain(
        "bit-value",
        r"bit (?:offset )?is not an integer or out of range|The bit argument must be 1 or 0\.",
        "A bit is 0 or 1, and its offset an integer from 0 to 4294967295.",
        "true and false are no bits: write flag and 1 or 0.",
    ),
    plain(
        "same-object",
        r"source and destination objects are the same",
        "Source and destination are the same key.",
        "Name another destination.",
    ),
    plain(
        "out-of-memory",
        r"OOM .*",
        "The server is beyond its maxmemory, and the command may need more.",
        "Free something, raise maxmemory, or declare the script with the flag allow-oom.",
    ),
)
"""Every row of this family."""
