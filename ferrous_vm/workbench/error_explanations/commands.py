"""Errors that Redis's commands answer: which argument, what it was, what to do."""

from __future__ import annotations

import re

from ferrous_vm.keyspace.arguments import readings
from ferrous_vm.keyspace.later_commands import Later, came_later, instead_on, later_command
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.profiles.since import option_since, options_of
from ferrous_vm.printing import counted, printed
from ferrous_vm.workbench.error_explanations.clues import (
    Clues,
    Explanation,
    is_integer,
    is_number,
    nearest,
    plain,
    row,
    shown,
)

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


def _place(clues: Clues) -> str:
    return clues.place or f"an argument of {clues.name}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@row("wrong-type", r"WRONGTYPE .*|The specified keys must contain string values")
def _wrong_type(clues: Clues, found: re.Match[str]) -> Explanation:
    key = clues.refused_word if clues.reading == readings.KEY else clues.key
    at = clues.value_at(key) if key is not None else None
    if key is None or at is None:
        return Explanation(f"{clues.name} met a key that holds another type of value.", "Look at it with TYPE.")
    kind, group = at[0], clues.row.group if clues.row else "other"
    what = f"The key {shown(key)} holds a {kind}, and {clues.name} is a command for another type ({group})."
    if clues.place and key != clues.key:
        what = f"{what} It is {clues.place}."
    those = OTHER_TYPE.get(kind, "TYPE tells what it is")
    return Explanation(what, f"{those}: use one of them, another key, or DEL first.")


@row(
    "not-an-integer",
    r"value is not an integer or out of range|value is out of range.*|Number of keys can't be .*|"
    r"Bad number of keys provided|timeout is not an integer or out of range",
)
def _not_an_integer(clues: Clues, found: re.Match[str]) -> Explanation:
    word = clues.refused_word
    if word is None:
        key = clues.key
        at = clues.value_at(key) if key is not None else None
        if key is not None and at is not None and at[0] == "string":
            what = f"The key {shown(key)} holds {shown(at[1])}, no integer of 64 bits, so {clues.name} cannot count on."
            return Explanation(what, "SET it to an integer first; for fractions there is INCRBYFLOAT.")
        return Explanation(f"{clues.name} wants an integer of 64 bits.", f"It is called so: {clues.syntax}")
    what = f"Redis wants an integer of 64 bits where {clues.place} stands."
    if is_integer(word):
        wanted = _BOUNDS.search(clues.sentence)
        what = f"Redis wants a smaller integer where {clues.place} stands."
        if word[:1] == b"-":
            what = f"Redis wants 0 or more where {clues.place} stands."
        if wanted:
            what = f"Redis wants {wanted[1]} to {wanted[2]} where {clues.place} stands."
        elif clues.reading == readings.KEY_COUNT:
            what = f"Redis reads {clues.place} as the number of keys, and so many cannot follow."
        return Explanation(what, "Check the sign and the size of the number.")
    return Explanation(what, _instead_of_integer(word))


_BOUNDS = re.compile(r"between (-?\d+) and (-?\d+)")
_SUFFIXED = re.compile(rb"\d+ ?(?:ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)", re.IGNORECASE)


def _instead_of_integer(word: bytes) -> str:
    """What to pass where an integer is wanted and `word` was given."""
    if not word:
        return "It is empty: a value is missing where it was made."
    if len(word) > 1 and word[:1] in b"\"'" and word[-1:] == word[:1]:
        return "The quotation marks are part of the value: the client wrote it as JSON. Send the bare digits."
    if word[:1] in b"{[":
        return "It is JSON: take the number out of it with cjson.decode(…) first."
    if _SUFFIXED.fullmatch(word):
        return "Redis knows no units: EX takes seconds and PX milliseconds, as digits only."
    if is_number(word):
        if b"e" in word.lower() and b"x" not in word.lower():
            return "So written it is no integer to Redis: string.format('%.0f', n) writes all its digits."
        if b"." in word:
            return (
                "It has a fraction, and Redis takes none here, even .0: math.floor(…) cuts it off. For parts of a "
                "second take PX or PEXPIRE, in milliseconds."
            )
        if abs(float(word)) >= 2**63:
            return "It is beyond 64 bits, which end at 9223372036854775807."
    if word.strip() != word:
        return "White space stands around it, and Redis takes none: string.match(s, '%S+') cuts it off."
    if word[:1] in b"+0" and word[1:].isdigit():
        return "Redis takes no plus sign and no leading zeros: string.format('%d', n) writes plain digits."
    return "Pass digits only; check that the arguments stand in the order of the command."


@row(
    "not-a-float",
    r"value is not a valid float|weight value is not a float|need numeric (?:radius|width|height)|"
    r"timeout is not a float or out of range",
)
def _not_a_float(clues: Clues, found: re.Match[str]) -> Explanation:
    if clues.refused_word is None:
        key = clues.key
        at = clues.value_at(key) if key is not None else None
        if key is not None and at is not None and at[0] == "string":
            what = f"The key {shown(key)} holds {shown(at[1])}, which is no number, so {clues.name} cannot add to it."
            return Explanation(what, "SET it to a number first.")
        return Explanation(f"{clues.name} wants a number.", f"It is called so: {clues.syntax}")
    what = f"Redis wants a number where {clues.place} stands."
    if is_number(clues.refused_word):
        return Explanation(what, "Redis takes no nan here, and nothing beyond the range of a double.")
    return Explanation(what, "Check the order of the arguments.")


@row("hash-field-no-number", r"hash value is not (?:an integer|a float)")
def _hash_field(clues: Clues, found: re.Match[str]) -> Explanation:
    field = clues.words[2] if len(clues.words) > 2 else b""
    place = f"The field {shown(field)} of the hash {shown(clues.key or b'')}"
    what = f"{place} holds no number, so {clues.name} cannot add to it."
    return Explanation(what, "HSET the field to a number first; for fractions there is HINCRBYFLOAT.")


@row(
    "syntax-error",
    r"syntax error.*|Unsupported option .*|Unrecognized XCLAIM option .*|Unknown option given: .*|"
    r"Unknown argument .*|SCRIPT FLUSH only .*|FUNCTION FLUSH only .*|library name argument was not given|"
    r"Invalid OVERFLOW type specified|Syntax error in HELLO option .*|Wrong restore policy given.*|"
    r"unknown subcommand or wrong number of arguments for .*",
)
def _syntax_error(clues: Clues, found: re.Match[str]) -> Explanation:
    advice = f"It is called so: {clues.syntax}"
    word = clues.refused_word
    if word is None:
        line = " ".join(shown(word) for word in clues.words[1:6])
        return Explanation(f"{clues.name} does not understand its options: {line}.", advice)
    name = clues.row.full_name.decode() if clues.row else ""
    since = option_since(name, word.upper())
    if since and word.upper() not in options_of(clues.server.name, name):
        what = f"{_sentence(clues.place)}, came with {since}: {clues.server.title} does not have it."
        return Explanation(what, advice)
    return Explanation(_refused_option(clues, word), advice)


def _refused_option(clues: Clues, word: bytes) -> str:
    """Why a word is refused where the command allows only a few."""
    if clues.reading == readings.OPTION:
        if word.upper() not in clues.options:
            guess = nearest(printed(word.upper()), [option.decode() for option in clues.options])
            return f"{clues.name} reads {_argument(clues)} as an option, and has none of that name.{guess}"
        if word is clues.words[-1] and clues.options[word.upper()]:
            return f"A value must follow {clues.place}, and the command ends there."
        return f"{_sentence(clues.place)}, does not go with what stands before it, or is one too many."
    if clues.reading == readings.SURPLUS:
        return f"{_sentence(clues.place)}, is one too many: nothing may stand there."
    if clues.reading == readings.KEY_COUNT:
        return f"{clues.name} reads {_argument(clues)} as the number of keys, and so many do not follow."
    return f"{clues.name} reads {_argument(clues)} as {clues.reading}, and it is none."


def _argument(clues: Clues) -> str:
    """The word that was refused, where the command's name stands before it in the sentence."""
    return f"{clues.place.removesuffix(f' of {clues.name}')},"


def _later(shown_name: str, later: Later, server: Profile) -> Explanation:
    """A command that the server does not have yet."""
    return Explanation(came_later(shown_name, later, server.title), instead_on(later, server.title))


@row("unknown-command", r"Unknown Redis command called from script|unknown command '.*|unknown subcommand '.*")
def _unknown_command(clues: Clues, found: re.Match[str]) -> Explanation:
    server = clues.server
    container = server.commands.by_name.get(clues.words[0].lower())
    if container is not None and container.subcommands and len(clues.words) > 1:
        known = sorted(name.decode().upper() for name in container.subcommands)
        subcommand = printed(clues.words[1].lower())
        later = later_command(f"{container.name.decode()}|{subcommand}", server.commands)
        if later is not None:
            return _later(f"{clues.name} {subcommand.upper()}", later, server)
        guess = nearest(subcommand.upper(), known)
        return Explanation(
            f"{clues.name} has no subcommand {shown(clues.words[1])}.{guess}", f"It has {', '.join(known)}."
        )
    later = later_command(printed(clues.words[0].lower()), server.commands)
    if later is not None:
        return _later(clues.name, later, server)
    if container is not None:
        why = server.commands.not_offered.get(container.full_name.decode(), "Ferrous does not answer it")
        return Explanation(f"{server.title} has {clues.name}, and Ferrous has not: {why}.", "Try it on a server.")
    parts = clues.words[0].split()
    if len(parts) > 1 and parts[0].lower() in server.commands.by_name:
        return Explanation(
            f"There is no command {shown(clues.words[0])} in {server.title}: the whole line was passed as its name.",
            f"Pass each word on its own: redis.call('{printed(parts[0])}', …).",
        )
    guess = nearest(clues.name, (name.decode().upper() for name in server.commands.by_name))
    return Explanation(
        f"There is no command {shown(clues.words[0])} in {server.title}.{guess}",
        "The first argument of redis.call is the command's name alone; each of its arguments is one more.",
    )


@row(
    "wrong-arity",
    r"Wrong number of args calling Redis command from script|wrong number of arguments for '[^']*' command",
)
def _wrong_arity(clues: Clues, found: re.Match[str]) -> Explanation:
    count = len(clues.words) - 1
    given = counted(count, "argument")
    what = f"{clues.name} was given {given}, which is not how many it takes."
    return Explanation(what, f"It is called so: {clues.syntax}. unpack of an empty table passes nothing.")


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
    key = clues.refused_word if clues.reading == readings.KEY else clues.key
    what = f"The key {shown(key or b'')} does not exist, and {clues.name} needs it."
    return Explanation(what, "Ask EXISTS first, or create it. In the page: does the fixture make it?")


@row("bound-no-score", r"min or max is not a float")
def _no_score(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"A bound must be a score, and {_place(clues)} is none."
    return Explanation(what, "Write a number, (5 to leave out the bound itself, or -inf and +inf.")


@row("bound-no-text", r"min or max not valid string range item")
def _no_text_bound(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"A bound of a lexicographical range begins with [ or (, and {_place(clues)} does not."
    return Explanation(what, "Write [a with the bound, (a without it, - and + for the ends.")


@row("expire-time", r"invalid expire time in '([^']*)' command")
def _expire_time(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"{_place(clues)} is no time a key can live: it must be positive and fit 64 bits in milliseconds."
    return Explanation(_sentence(what), "EX takes seconds, PX milliseconds. DEL removes the key at once.")


@row("xadd-id", r"The ID specified in XADD .*")
def _xadd_id(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"The entries of a stream only grow, and {_place(clues)} is not beyond the last one."
    return Explanation(what, "Pass * and let Redis choose the ID, or a greater one.")


@row("numkeys", r"numkeys should be greater than 0|at least 1 input key is needed for '[^']*' command")
def _numkeys(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"{clues.name} wants to know how many keys follow, 1 or more, where {_argument(clues)} stands."
    return Explanation(what, "Pass the number of keys before them: #KEYS when they are all of KEYS.")


@row("stream-id", r"Invalid stream ID specified as stream command argument")
def _stream_id(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"{_place(clues)} is no ID of a stream's entry: milliseconds, a dash and a number, 1526919030474-0."
    return Explanation(
        _sentence(what), "- and + stand for the ends of a range, * for the next ID of XADD, $ and > in XREAD."
    )


@row("stored-text-too-long", r"string exceeds maximum allowed size \(proto-max-bulk-len\)|offset is out of range")
def _too_long(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"{_place(clues)} reaches outside a string, which has 512 MB at most and begins at 0."
    return Explanation(_sentence(what), "Check the offset: in bytes, from 0.")


@row("refused-word", r".*")
def _refused_word(clues: Clues, found: re.Match[str]) -> Explanation | None:
    """Any other refusal of a word: the command says which, and what it took it for."""
    if not clues.place:
        return None
    what = f"{clues.name} reads {_argument(clues)} as {clues.reading}, and answers: {clues.sentence}."
    return Explanation(what, f"It is called so: {clues.syntax}")


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
    _stream_id,
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
    _numkeys,
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
    _refused_word,
)
"""Every row of this family."""
