"""What a pasted text is (contract.Recognise): forms in which commands are passed around, and what is made of it.

- A session of redis-cli: the lines behind its prompts are commands, all others are replies.
- What MONITOR printed: a time, a database, who sent it, and the words of the command in quotes.
- One call of a script, typed at redis-cli or at a shell: EVAL and its kin, or `redis-cli --eval`.
- An entry of SLOWLOG, or an error of a script with its place (`pasted_reports.py`).

As a fixture only what writes is of use, and only what is not refused: both are found by carrying it out.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import counted, visible
from ferrous_vm.workbench import pasted_reports
from ferrous_vm.workbench.content import line
from ferrous_vm.workbench.escapes import argument, encode
from ferrous_vm.workbench.records.pasting import PastedCall, Recognise, Recognised
from ferrous_vm.workbench.workbench import Workbench

LARGEST: Final = 2_000_000
"""Characters of a text that is looked at."""

PROMPT: Final = re.compile(
    rb"(?:\S+:\d+|redis(?: \S+)?|ferrous|not connected)(?:\[(\d+)\])?(?:\(TX\)|\(subscribed mode\))?> ?(.*)"
)
"""A prompt of redis-cli with its database, or of this page's console, and what was typed behind it."""

MONITORED: Final = re.compile(rb'\+?\d+\.\d+ \[(\d+) ([^\]]+)\] (".*)')
"""A line of MONITOR: database, who sent it (`lua` for a script), the words."""

CALLS: Final = (b"EVAL", b"EVAL_RO", b"EVALSHA", b"FCALL", b"FCALL_RO")

SCRIPTING: Final = (b"script", b"function", *(name.lower() for name in CALLS))
"""Commands that may write, or load what writes, though their flags do not say so."""

CLI_VALUES: Final = frozenset({*"hpsaurindD", "-user", "-pass", "-sni", "-cacert", "-cacertdir", "-cert", "-key"})
"""Options of redis-cli that are followed by a value, without their first dash."""

CONTINUED: Final = re.compile(r"\\\r?\n")
ELSEWHERE: Final = re.compile(rb"\$\(.*\)", re.DOTALL)
"""What a shell would put in the place of a script: the text itself is not there."""


class Sent(NamedTuple):
    """A command that was sent: its words, in which database, whether a script sent it, whether it was refused."""

    words: list[bytes]
    database: int
    by_script: bool = False
    refused: bool = False

    @property
    def name(self) -> bytes:
        """The command, in capitals."""
        return self.words[0].upper()


def recognise(workbench: Workbench, request: Recognise) -> Recognised:
    """What the text is."""
    text = encode(request.text[:LARGEST])
    slow = _slow(text)
    if slow is not None:
        return slow
    for form, title, read in (
        ("session", "a session of redis-cli", _session),
        ("monitor", "what MONITOR printed", _monitored),
    ):
        sent = read(text)
        if sent and (form == "monitor" or any(workbench.keyspace.commands.find(one.words) for one in sent)):
            return _of_commands(workbench.beside(), form, title, sent)
    call = _lone_call(request.text[:LARGEST])
    if call is not None:
        return Recognised("call", f"This is a call of a script: {_counted(call)}.", "", call)
    error = pasted_reports.place_of(request.text[:LARGEST], request.scripts, workbench.profile)
    return Recognised("", "", "", None) if error is None else Recognised("error", error[0], "", None, error[1])


def _slow(text: bytes) -> Recognised | None:
    """The first call of a script that SLOWLOG tells of. A text that it cut is not there."""
    for slow in pasted_reports.slow_entries(text):
        call = _call(slow.words, []) if slow.words[0].upper() in CALLS else None
        if call is not None:
            whole = call if slow.words[1] else _without_script(call)
            return Recognised("slowlog", pasted_reports.slow_sentence(slow, _counted(call)), "", whole)
    return None


def _without_script(call: PastedCall) -> PastedCall:
    return PastedCall(None, call.keys, call.argv, call.mode, call.function)


def _of_commands(aside: Workbench, form: Any, title: str, sent: list[Sent]) -> Recognised:
    at, call = _last_call(sent)
    if call is not None:
        call = _completed(call, fixture=_lines(_fixture(aside, _before_call(sent, at))))
    fixture = _fixture(aside.beside(), sent)
    commands = counted(len(sent), "command")
    fill = "fills" if len(fixture) == 1 else "fill"
    last = f"; the last call is {_counted(call)}" if call else ""
    about = f"This is {title}: {commands}, of which {len(fixture)} {fill} a keyspace{last}."
    return Recognised(form, about, _lines(fixture), call)


def _before_call(sent: list[Sent], at: int) -> list[Sent]:
    """What was sent before the call at `at` in its database, which becomes database 0: there scripts are called."""
    database = sent[at].database
    return [one._replace(database=0) for one in sent[:at] if one.database == database]


def _counted(call: PastedCall) -> str:
    """`EVAL with 1 key and 2 arguments`."""
    keys, argv = len(call.keys), len(call.argv)
    counts = f"{counted(keys, 'key')} and {counted(argv, 'argument')}"
    return f"{call.mode}{f' {visible(call.function)}' if call.function else ''} with {counts}"


# The three forms


def _session(text: bytes) -> list[Sent]:
    """The commands of a session, in their order; those of a transaction that was given up are refused."""
    sent: list[Sent] = []
    database = 0
    replied = True
    for text_line in text.splitlines():
        prompt = PROMPT.fullmatch(text_line.rstrip())
        if prompt is None:
            if sent and not replied:
                sent[-1] = sent[-1]._replace(refused=text_line.startswith(b"(error)"))
                _close_transaction(sent)
            replied = True
            continue
        words = split_words(prompt[2])
        if not words:
            continue
        if prompt[1] is not None or b":" in text_line.partition(b">")[0]:
            database = int(prompt[1] or 0)
        sent.append(Sent(words, database))
        replied = False
        if sent[-1].name == b"SELECT" and len(words) == 2 and words[1].isdigit():
            database = int(words[1])
    return sent


def _close_transaction(sent: list[Sent]) -> None:
    """The transaction that ends with the last command was not carried out: where it was discarded, or EXEC refused."""
    if sent[-1].name == b"DISCARD" or (sent[-1].name == b"EXEC" and sent[-1].refused):
        for index in reversed(range(len(sent))):
            sent[index] = sent[index]._replace(refused=True)
            if sent[index].name == b"MULTI":
                break


def _monitored(text: bytes) -> list[Sent]:
    sent: list[Sent] = []
    for text_line in text.splitlines():
        found = MONITORED.fullmatch(text_line.strip())
        words = split_words(found[3]) if found else None
        if found and words:
            sent.append(Sent(words, int(found[1]), found[2] == b"lua"))
    return sent


def _lone_call(text: str) -> PastedCall | None:
    """One call of a script, as typed at redis-cli or at a shell."""
    text = text.strip().removeprefix("$ ").removeprefix("# ")
    if text.startswith("redis-cli"):
        return _shell_call(text)
    words = split_words(encode(text))
    return _call(words, []) if words and words[0].upper() in CALLS else None


def _shell_call(text: str) -> PastedCall | None:
    try:
        words = shlex.split(CONTINUED.sub("", text))[1:]
    except ValueError:
        return None
    protocol: Any = 3 if "-3" in words else 2
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--eval":
            return _eval_option(words[at + 2 :], protocol)
        at += 2 if words[at][1:] in CLI_VALUES else 1
    called = [encode(word) for word in words[at:]]
    if "--quoted-input" in words[:at]:
        called = [read[0] if (read := split_words(word)) and len(read) == 1 else word for word in called]
    call = _call(called, []) if called and called[0].upper() in CALLS else None
    return None if call is None else _completed(call, protocol=protocol)


def _eval_option(words: list[str], protocol: Any) -> PastedCall:
    """What follows the file of `--eval`: keys, a comma, arguments."""
    comma = words.index(",") if "," in words else len(words)
    keys, argv = words[:comma], words[comma + 1 :]
    return PastedCall(
        None, [_field(encode(key)) for key in keys], [_field(encode(word)) for word in argv], "EVAL", "", protocol
    )


def _field(value: bytes) -> str:
    return argument(value)


# The call


def _last_call(sent: list[Sent]) -> tuple[int, PastedCall | None]:
    """The last call that tells more than a digest, and its place."""
    for at in reversed(range(len(sent))):
        call = _call(sent[at].words, sent[:at]) if sent[at].name in CALLS and not sent[at].by_script else None
        if call and (call.script is not None or call.keys or call.argv):
            return at, call
    return len(sent), None


def _call(words: list[bytes], before: list[Sent]) -> PastedCall | None:
    """The call these words are; None where the number of keys does not come out. What it calls may have come before."""
    if len(words) < 3 or not words[2].isdigit() or int(words[2]) > len(words) - 3:
        return None
    mode: Any = words[0].upper().decode()
    count = 3 + int(words[2])
    keys, argv = [_field(key) for key in words[3:count]], [_field(word) for word in words[count:]]
    called = words[1]
    if mode.startswith("FCALL"):
        return PastedCall(_text(_library(before)), keys, argv, mode, _text(called) or "")
    if mode == "EVALSHA":
        return PastedCall(_text(_loaded(before, called)), keys, argv, mode, "")
    return PastedCall(None if ELSEWHERE.fullmatch(called) else _text(called), keys, argv, mode, "")


def _completed(call: PastedCall, protocol: Any = 2, fixture: str = "") -> PastedCall:
    return PastedCall(call.script, call.keys, call.argv, call.mode, call.function, protocol, fixture)


def _text(script: bytes | None) -> str | None:
    return None if script is None else script.decode("utf-8", "replace")


def _library(before: list[Sent]) -> bytes | None:
    """The library that was loaded last."""
    return next((one.words[-1] for one in reversed(before) if _is_load(one, b"FUNCTION")), None)


def _loaded(before: list[Sent], sha1: bytes) -> bytes | None:
    """The script of that digest, where it was loaded or called before."""
    scripts = [one.words[2] for one in before if _is_load(one, b"SCRIPT")]
    scripts += [one.words[1] for one in before if one.name in (b"EVAL", b"EVAL_RO") and len(one.words) > 1]
    return next((script for script in scripts if hashlib.sha1(script).hexdigest().encode() == sha1.lower()), None)


def _is_load(command: Sent, container: bytes) -> bool:
    return command.name == container and len(command.words) > 2 and command.words[1].upper() == b"LOAD"


# The fixture


def _fixture(aside: Workbench, sent: list[Sent]) -> list[Sent]:
    """What of the commands fills a keyspace: what writes, and is not refused where it is carried out, `aside`."""
    client: Any = aside.server.connect()
    kept: list[Sent] = []
    for index, command in enumerate(sent):
        if command.refused or not _writes(client.session.find_command(command.words)) or _has_effects(sent, index):
            continue
        client.execute(b"SELECT", b"%d" % command.database)
        if not isinstance(client.execute(*command.words), ErrorReply):
            kept.append(command)
    return kept


def _writes(row: Row | None) -> bool:
    return row is not None and (
        row.write or row.name in SCRIPTING or (row.container is not None and row.container.name in SCRIPTING)
    )


def _has_effects(sent: list[Sent], index: int) -> bool:
    """Whether MONITOR also showed what the script that is called here did: then that is kept."""
    return sent[index].name in CALLS and index + 1 < len(sent) and sent[index + 1].by_script


def _lines(sent: Iterable[Sent]) -> str:
    """The commands as lines, each in its database."""
    lines: list[str] = []
    database = 0
    for command in sent:
        if command.database != database:
            database = command.database
            lines.append(f"SELECT {database}")
        lines.append(line(command.words))
    return "\n".join(lines)
