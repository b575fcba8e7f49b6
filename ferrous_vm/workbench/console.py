"""The console: one connection to the workbench's keyspace, with the manners of redis-cli 7.0.15 (redis-cli.c)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.command_table import Row, arity_matches
from ferrous_vm.keyspace.replies import encode as encode_reply
from ferrous_vm.printing import printed
from ferrous_vm.workbench import command_help
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.records.console import Complete, Completed, Console, ConsoleReply, Reconnect
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.reply_views import LONGEST_TEXT
from ferrous_vm.workbench.resp import Node, parse_all
from ferrous_vm.workbench.workbench import Workbench, guarded

if TYPE_CHECKING:
    from ferrous_vm.scripting.debugging import DebugSession
    from ferrous_vm.workbench.debugging import Opened

PROMPT = "ferrous"

READING = "Reading messages... (press Ctrl-C to quit)"
"""What redis-cli prints when a subscription begins; from then on it has no prompt."""

SUBSCRIPTIONS = (b"subscribe", b"psubscribe", b"ssubscribe")

SLOW = 0.5
"""Seconds from which redis-cli tells how long a command took."""

COUNT = re.compile(rb"[+-]?\d+")
"""A first word that says how often the rest is sent."""

GREATEST_COUNT = 2**63 - 1

PLAIN_TEXT = {
    b"info": (),
    b"lolwut": (),
    b"debug": (b"htstats", b"htstats-key", b"client-eviction"),
    b"memory": (b"malloc-stats", b"doctor"),
    b"cluster": (b"nodes", b"info"),
    b"client": (b"list", b"info"),
    b"latency": (b"graph", b"doctor"),
}
"""Commands, and their subcommands, whose text is printed as it is rather than quoted (`cliSendCommand`)."""

ANSWERED_WHILE_DEBUGGING = frozenset(
    b"echo ping select time info role lastsave acl|cat acl|getuser acl|list acl|users acl|whoami client|getname "
    b"client|id client|info client|list command|count command|docs command|getkeys command|getkeysandflags "
    b"command|info command|list config|get function|list function|stats memory|doctor memory|stats pubsub|channels "
    b"pubsub|numpat pubsub|numsub script|exists slowlog|get slowlog|len latency|doctor latency|histogram "
    b"latency|history latency|latest".split()
)
"""Commands that change nothing, beside those with the flag `readonly` and the HELP of every container."""

WAITING = "A server would have waited: here nobody writes meanwhile, so this is the answer once the time is up."
DEBUGGING = (
    "%s is not carried out while a script is debugged: no script could, so its moments could not tell of it. "
    "End the debugging first; what scripts may do is done at the moment shown."
)
ENDED = "The script that is debugged has ended: go back to where this is to be done, or end and keep it first."
TOO_OFTEN = "While a script is debugged a command is repeated at most %d times."
MOST_REPEATED = 1_000
NEW_CONNECTION = "This is a new connection now: database 0, RESP2, no transaction."
LINE_DEBUGGER = (
    "Redis's line debugger is for connections from elsewhere: here is the Debug tab, which goes backwards too."
)
MONITOR = "MONITOR is not needed here: the Trace tab lists every command of a run, with its line and reply."


class ConsoleSession:
    """The connection, and redis-cli's preference for hints."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench = workbench
        self.client: Any = workbench.server.connect()
        self.hints = True

    def prompt(self) -> str:
        """What stands before the next line; nothing while messages are read.

        The database is shown unless it is 0. Within MULTI it is the one a queued SELECT chooses: redis-cli, too, goes
        by what was answered, not by what was done.
        """
        session = self.client.session
        if session.subscribed:
            return ""
        database = session.database.index
        for row, argv in session.queue or ():
            if row.name == b"select" and argv[1].isdigit():
                database = int(argv[1])
        return f"{PROMPT}{f'[{database}]' if database else ''}{'(TX)' if session.queue is not None else ''}> "

    def arrived(self) -> str:
        """The messages that were published to the subscriptions since this was last asked, as redis-cli prints them."""
        return "\n".join(format_reply(nodes) for data in self.client.take_messages() for nodes in parse_all(data))

    def reconnect(self) -> None:
        """End the connection and begin a new one."""
        self.client.session.close()
        self.client = self.workbench.server.connect()

    def send(self, line: bytes) -> tuple[str, bool, str]:
        """What is printed, whether it is an error, and the note."""
        words = split_words(line)
        if words is None:
            return "Invalid argument(s)", True, ""
        if not words:
            return "", False, ""
        count = 1
        if len(words) > 1 and COUNT.fullmatch(words[0]):
            count = int(words[0])
            if not 0 < count <= GREATEST_COUNT:
                return "Invalid redis-cli repeat command option value.", True, ""
            words = words[1:]
        elif (own := self._own(words)) is not None:
            return own
        if words[0].lower() in (b"help", b"?"):
            return command_help.help_text(words[1:], self.workbench.profile), False, ""
        return self._issue(words, count)

    def _own(self, words: list[bytes]) -> tuple[str, bool, str] | None:
        """What redis-cli does by itself, or None for a command of the server."""
        name = words[0].lower()
        if name in (b"quit", b"exit"):
            self.reconnect()
            return "", False, NEW_CONNECTION
        if name == b"restart":
            return "Use 'restart' only in Lua debugging mode.", True, ""
        if [word.lower() for word in words[:2]] == [b"script", b"debug"] and words[2:3] != [b"NO"]:
            return "", False, LINE_DEBUGGER
        if name == b"monitor":
            return "", False, MONITOR
        return self._prefer(words) if name.startswith(b":") else None

    def _prefer(self, words: list[bytes]) -> tuple[str, bool, str]:
        """`:set hints` and `:set nohints` (`cliSetPreferences`)."""
        if words[0].lower() != b":set" or len(words) < 2:
            return f"unknown redis-cli internal command '{printed(words[0])}'", True, ""
        name = words[1].lower()
        if name not in (b"hints", b"nohints"):
            return f"unknown redis-cli preference '{printed(words[1])}'", True, ""
        self.hints = name == b"hints"
        return "", False, ""

    def _issue(self, words: list[bytes], count: int) -> tuple[str, bool, str]:
        """Send a command `count` times."""
        start = time.perf_counter()
        lines: list[str] = []
        is_error, length, note = False, 0, ""
        for nodes in self._replies(words, count):
            lines.append(shown(words, nodes))
            is_error = is_error or nodes[0].kind == "error"
            note = note or self._note(words, nodes)
            length += len(lines[-1])
            if length > LONGEST_TEXT:
                break
        if self.client.session.closing:
            self.reconnect()
            note = NEW_CONNECTION
        if words[0].lower() in SUBSCRIPTIONS and self.client.session.subscribed:
            lines.insert(0, READING)
        if time.perf_counter() - start >= SLOW:
            lines.append(f"({time.perf_counter() - start:.2f}s)")
        return cut("\n".join(lines), LONGEST_TEXT), is_error, note

    def _replies(self, words: list[bytes], count: int) -> Iterator[list[Node]]:
        for _ in range(count):
            yield from parse_all(self.client.execute_resp(*words))

    def _note(self, words: list[bytes], nodes: list[Node]) -> str:
        """Whether the reply is that of a command whose time was up, where it would have waited on a server."""
        row = self.client.session.find_command(words)
        if row is None or "blocking" not in row.flags or nodes[0].kind != "nil":
            return ""
        reads = row.name in (b"xread", b"xreadgroup")
        return "" if reads and b"block" not in map(bytes.lower, words) else WAITING


def shown(words: list[bytes], nodes: list[Node]) -> str:
    """A reply to a command as redis-cli prints it: a few commands answer a text for people, or an error as bare."""
    subcommands = PLAIN_TEXT.get(words[0].lower())
    is_plain = subcommands is not None and (not subcommands or (len(words) > 1 and words[1].lower() in subcommands))
    if is_plain and nodes[0].kind in ("bulk", "verbatim", "error"):
        text = nodes[0].value[4:] if nodes[0].kind == "verbatim" else nodes[0].value
        return printed(text).replace("\r\n", "\n").removesuffix("\n")
    return format_reply(nodes)


def _changes_nothing(row: Row | None, words: list[bytes]) -> bool:
    """Whether a command only asks. One that does not exist, or has too few arguments, is answered with the server's own
    error."""
    if row is None or not arity_matches(row, len(words)) or "readonly" in row.flags or row.name == b"help":
        return True
    return bool(row.subcommands) or row.full_name in ANSWERED_WHILE_DEBUGGING


def console_of(workbench: Workbench) -> ConsoleSession:
    """The workbench's console."""
    if workbench.console is None:
        workbench.console = ConsoleSession(workbench)
    console: ConsoleSession = workbench.console
    return console


def send(workbench: Workbench, request: Console) -> ConsoleReply | Failure:
    """Carry out a line of the console; while a script is debugged, at the moment shown."""
    console = console_of(workbench)
    line = encode(request.line)
    if workbench.debugging is not None and workbench.debugging.opened is not None:
        return _ask(workbench, console, line, workbench.debugging.opened)
    mark = workbench.begin()

    def act() -> ConsoleReply:
        text, is_error, note = console.send(line)
        workbench.host.telling()
        words = split_words(line) or [b""]
        name = words[1] if len(words) > 1 and COUNT.fullmatch(words[0]) else words[0]
        workbench.end(printed(name).upper(), mark)
        return ConsoleReply(text, is_error, note, workbench.state_since(mark))

    return guarded(workbench, mark, act)


def _ask(workbench: Workbench, console: ConsoleSession, line: bytes, opened: Opened) -> ConsoleReply | Failure:
    debugged: DebugSession = opened.session
    words = split_words(line) or []
    count = 1
    if len(words) > 1 and COUNT.fullmatch(words[0]):
        count, words = int(words[0]), words[1:]
    if words and count > 0 and not _changes_nothing(console.client.session.find_command(words), words):
        return _carry_out(workbench, console, opened, words, count)
    session = console.client.session
    chosen = session.database

    def act() -> tuple[str, bool, str]:
        nonlocal chosen
        answer = console.send(line)
        chosen = session.database
        return answer

    text, is_error, note = debugged.ask(act)
    session.database = chosen  # a selection is no change of what is stored
    moment = f"At moment {debugged.moment} of the script that is debugged."
    return ConsoleReply(text, is_error, note or (moment if text else ""), workbench.state([]))


def _carry_out(
    workbench: Workbench, console: ConsoleSession, opened: Opened, words: list[bytes], count: int
) -> ConsoleReply | Failure:
    """A command that may write, at the moment shown of a script that is debugged."""
    from ferrous_vm.workbench.setting import carry_out

    session, moment = console.client.session, opened.session.moment
    row = session.find_command(words)
    name = b" ".join(words[:2] if session.find_command(words[:1]) != row else words[:1])
    refusal = ""
    if row is None or not row.write or row.noscript or session.queue is not None:
        refusal = DEBUGGING % printed(name).upper()
    elif opened.session.finished:
        refusal = ENDED
    elif count > MOST_REPEATED:
        refusal = TOO_OFTEN % MOST_REPEATED
    if refusal:
        return ConsoleReply(refusal, True, "", workbench.state([]))
    answer = carry_out(workbench, session.database.index, [words] * count)
    if isinstance(answer, Failure):
        return answer
    replies, was_set = answer
    nodes = [node for reply in replies for node in parse_all(encode_reply(reply, session.protocol))]
    note = f"At moment {moment} of the script that is debugged"
    note += ", where a new recording begins." if was_set is not None else "."
    text = cut("\n".join(shown(words, each) for each in nodes), LONGEST_TEXT)
    return ConsoleReply(text, nodes[-1][0].kind == "error", note, workbench.state([]), was_set)


def reconnect(workbench: Workbench, _: Reconnect) -> ConsoleReply:
    """Ctrl+C."""
    console_of(workbench).reconnect()
    return ConsoleReply("", False, NEW_CONNECTION, workbench.state([]))


def complete(workbench: Workbench, request: Complete) -> Completed:
    """What may follow a line."""
    profile = workbench.profile
    hint = command_help.hint(encode(request.line), profile) if console_of(workbench).hints else ""
    return Completed(command_help.completions(request.line, profile), hint)
