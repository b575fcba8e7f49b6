"""The calls of an application, told to pages as they come.

The server's tape tells of each call in the thread that carried it out, and there it is kept, no more; each page's own
thread looks ten times a second what is new, makes lines of the newest and counts the rest. So a page costs what a tape
costs, however much is called and however slowly it reads, and without a page nothing is recorded.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from websockets.exceptions import ConnectionClosed

from ferrous_vm.endpoint.ferrous_command import desk_of
from ferrous_vm.live.records import LiveCall, LiveCallOpened, LiveCalls, LiveHeld, LiveStops
from ferrous_vm.live.stops import MOST_NAMES, Stops
from ferrous_vm.printing import printed
from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.server import Server
from ferrous_vm.tape import Tape, Taped
from ferrous_vm.tape.kept import Kept
from ferrous_vm.tape.works import why_not_whole, work_of
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.reply_views import view

if TYPE_CHECKING:
    from websockets.sync.connection import Connection

INTERVAL: Final = 0.1
"""Seconds between two looks at what is new."""

MOST_AT_ONCE: Final = 100
"""Calls that are told in one message: the newest."""

MOST_WORDS: Final = 6
LONGEST_WORD: Final = 60
"""Of keys and arguments in a line, how many and how many characters."""

LONGEST_REPLY: Final = 200
"""Characters of a reply in a line."""

LARGEST_REPLY: Final = 20_000
"""Bytes of a reply that is read for its line; a larger one is told by its size."""

NOT_KEPT: Final = "That call is not kept any more: so many came since."
NOT_WHOLE: Final = "That call cannot be opened: {}."


class Calls:
    """Those of one server (`ferrous_vm.tape.tape.Listener`)."""

    def __init__(self, server: Server) -> None:
        self._server: Final = server
        self._kept: Final = Kept()
        self._stops: Final = Stops(server)
        self._pages = 0
        self._lock: Final = threading.Lock()
        """Held while pages come and go."""

    @property
    def _tape(self) -> Tape:
        return desk_of(self._server).tape

    def called(self, run: ScriptRun, call: Taped) -> None:
        """A script has ended: where a page wants that, its client waits here for its reply."""
        self._kept.add(call)
        self._stops.called(run, call)

    def serve(self, socket: Connection) -> None:
        """Tell one page until it goes."""
        self._come(1)
        ended = threading.Event()
        telling = threading.Thread(target=self._tell, args=(socket, ended), name="ferrous calls", daemon=True)
        telling.start()
        try:
            with suppress(ConnectionClosed):
                for data in socket:
                    self._hear(socket, data)
        finally:
            self._stops.want(socket, ())
            ended.set()
            telling.join()
            self._come(-1)

    def _come(self, pages: int) -> None:
        """So many pages more; calls are listened to as long as there is one."""
        with self._lock:
            self._pages += pages
            if self._pages == 0:
                self._kept.forget()
            self._tape.tell(self if self._pages else None)

    def _tell(self, socket: Connection, ended: threading.Event) -> None:
        told = self._tape.count
        held_told: Taped | None = None
        with suppress(ConnectionClosed):
            while not ended.wait(INTERVAL):
                calls = self._kept.since(told, MOST_AT_ONCE)
                if calls:
                    last = calls[-1].number
                    _send(socket, LiveCalls([_line(call) for call in calls], last - told - len(calls)))
                    told = last
                held = self._stops.held
                if held is not held_told:
                    _send(socket, LiveHeld(None if held is None else _line(held)))
                    held_told = held

    def _hear(self, socket: Connection, data: str | bytes) -> None:
        """What is no request is answered with nothing: the page sends none such."""
        with suppress(ValueError, RecursionError, TypeError, KeyError, AttributeError):
            asked = json.loads(data)
            if "stops" in asked:
                names = [str(name) for name in asked["stops"][:MOST_NAMES]]
                self._stops.want(socket, [name.encode() for name in names])
                _send(socket, LiveStops(names))
            elif "release" in asked:
                self._stops.release(asked["release"])
            else:
                _send(socket, self._opened(int(asked["open"])))

    def _opened(self, number: int) -> LiveCallOpened:
        call = self._kept.call(number)
        if call is None:
            return LiveCallOpened(number, "", NOT_KEPT)
        why = why_not_whole(call)
        if why:
            return LiveCallOpened(number, "", NOT_WHOLE.format(why))
        return LiveCallOpened(number, json.dumps(work_of(call, desk_of(self._server).profile)), "")


def _line(call: Taped) -> LiveCall:
    words = (*call.keys, *call.argv)
    keys = call.keys[:MOST_WORDS]
    argv = call.argv[: MOST_WORDS - len(keys)]
    return LiveCall(
        number=call.number,
        at=call.at // 1000,
        took=call.took,
        client=_cut(printed(call.client), LONGEST_WORD),
        command=call.words[0].decode("ascii", "replace").upper(),
        script=printed(call.name)[:LONGEST_REPLY],
        keys=[_word(key) for key in keys],
        argv=[_word(value) for value in argv],
        more_words=len(words) - len(keys) - len(argv),
        reply=_reply(call.reply),
        is_error=call.reply[:1] in (b"-", b"!"),
    )


def _word(word: bytes) -> str:
    return _cut(argument(word[:LONGEST_WORD]), LONGEST_WORD) + ("…" if len(word) > LONGEST_WORD else "")


def _reply(reply: bytes) -> str:
    if len(reply) > LARGEST_REPLY:
        return f"({len(reply):,} bytes)"
    return _cut(view(reply).text, LONGEST_REPLY)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _send(socket: Connection, message: Any) -> None:
    socket.send(json.dumps({"type": type(message).__name__, **_fields(message)}, default=_fields))


def _fields(message: Any) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__slots__}
