"""How a command is written: a handler is a function registered for a row of the command table (`command_table.py`).

    @command("HSET")
    def hset(session: Session, argv: list[bytes]) -> Reply:
        if len(argv) % 2:
            raise wrong_arity(b"hset")
        hash_ = session.database.find(argv[1], Hash)
        ...
        return added

The recipe
    - `argv` is the whole command, name included, as in Redis's own sources: argv[1] is the first argument. A subcommand
      registers as "OBJECT|ENCODING" and finds its first argument in argv[2]. Arity has been checked.
    - Answer a reply value (`replies.py`); raise CommandError with a sentence from `messages.py` to refuse. Where it is
      one word that is refused, name it, the object itself, and as what it was read: CommandError(sentence, word,
      INTEGER), of `arguments/readings.py`. Never name a text that is stored, or a part of a word.
    - Check everything before changing anything, in the order of the C function: which of WRONGTYPE, syntax error and
      "not an integer" comes first is behaviour.
    - Get values from `session.database` (`find`, `find_string`, `lookup`) and change them through primitives only:
      those of the database (`put`, `replace`, `remove`, `set_expiry`, `remove_if_empty`) and those of the type.
    - Never keep `argv` or hand out a container that the keyspace still holds.
    - The handlers of a group live in `commands/GROUP.py`; the table of `commands/__init__.py` says which are there.

`types/hashes.py` and `commands/hashes.py` are the complete example of a type, its primitives and its commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from typing import Final, TypeAlias

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.command_table import Row, row_named, rows
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session

Handler: TypeAlias = Callable[[Session, list[bytes]], Reply]


HANDLERS: Final[dict[bytes, Handler]] = {}
"""Those that are imported, by full name."""

PLACES: Final[dict[bytes, str]] = {}
"""The module of each handler, by full name: of commands of Redis 7.0.15, and of those of other servers in use."""


def command(*names: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of the commands `names`, in capitals: "GET", "OBJECT|FREQ"."""

    def register(handler: Handler) -> Handler:
        for name in names:
            full_name = name.lower().encode()
            module = PLACES.get(full_name, "")
            if module != handler.__module__:
                raise ValueError(f"{name} is placed in {module!r}, not in {handler.__module__}")
            # The same one again is an import that was interrupted and is done once more.
            known = HANDLERS.get(full_name, handler)
            if getattr(known, "__qualname__", "") != handler.__qualname__:
                raise ValueError(f"{name} has a handler already")
            HANDLERS[full_name] = handler
            with suppress(KeyError):  # a command of other servers than Redis 7.0.15
                row_named(full_name).handler = handler
        return handler

    return register


class Absent:
    """A handler that is not imported yet: the first call imports the module that registers it, and goes on there."""

    __slots__ = ("row",)

    def __init__(self, row: Row) -> None:
        self.row = row

    def __call__(self, session: Session, argv: list[bytes]) -> Reply:
        """Answer the command. Raises LookupError if the module has no handler for it."""
        return self.load()(session, argv)

    def load(self) -> Handler:
        """The handler itself, imported now. Raises LookupError if the module has none."""
        import_module(self.row.module)
        handler = HANDLERS.get(self.row.full_name)
        if handler is None:
            raise LookupError(f"{self.row.module} has no handler for {self.row.full_name.decode()}")
        self.row.handler = handler
        return handler


def place(package: str, modules: dict[str, str]) -> None:
    """Tell of each module in `package` which commands it answers, their full names in one text.

    Raises ValueError for a command that another module answers.
    """
    for module, names in modules.items():
        for name in names.split():
            full_name = name.lower().encode()
            if full_name in PLACES:
                raise ValueError(f"{name} is placed in {PLACES[full_name]} already")
            PLACES[full_name] = f"{package}.{module}"
            put(row_named(full_name))


def put(row: Row) -> None:
    """Give a row the handler of its name, which may not be imported yet, and may not be there at all."""
    row.module = PLACES.get(row.full_name, "")
    row.handler = (HANDLERS.get(row.full_name) or Absent(row)) if row.module else None


def wrong_arity(full_name: bytes) -> CommandError:
    """The refusal of a command whose arguments do not come out: raise it."""
    return CommandError(messages.WRONG_ARITY % full_name)


def check_complete(groups: Iterable[str], not_offered: dict[str, str]) -> None:
    """Raise ValueError unless each row of `groups` has a handler or stands in `not_offered` with its reason, not both.

    A container needs no handler of its own: its subcommands do.
    """
    wanted = set(groups)
    for row in rows():
        if row.group not in wanted or row.subcommands:
            continue
        offered, excused = row.handler is not None, row.full_name.decode() in not_offered
        if offered == excused:
            raise ValueError(f"{row.full_name.decode()}: {'offered and excused' if offered else 'has no handler'}")
