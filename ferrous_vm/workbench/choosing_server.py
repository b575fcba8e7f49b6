"""Another server for the workbench: it begins with the keyspace that is there, as far as it can hold that.

A key goes over as the commands that make it again. One that the other server refuses stays behind, and is told of with
the reason: fields with a time to live before Redis 7.4, a library where there are no functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ferrous_vm.keyspace.encodings.fixtures import recreation
from ferrous_vm.keyspace.execute import execute
from ferrous_vm.keyspace.journal import KeyChange
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import printed
from ferrous_vm.workbench import content
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.records.servers import NotHeld, ServerSet, SetServer
from ferrous_vm.workbench.workbench import Workbench

MOST_NAMED: Final = 20
"""Keys that are named of those that stay behind."""

LONGEST: Final = 200
"""Characters of a key or a reason that is named."""


def set_server(workbench: Workbench, request: SetServer) -> ServerSet:
    """Everything goes on on another server. Interrupted, it goes on on the one it was."""
    workbench.expire()
    other = Workbench(workbench.host, is_copied=False, profile=request.server, clock=workbench.clock)
    refused = list(_fill(workbench, other))
    lost = [KeyChange(database, key, value, None, None, None, []) for database, key, value, _ in refused]
    told = [NotHeld(database, cut(argument(key), LONGEST), cut(why, LONGEST)) for database, key, _, why in refused]
    workbench.interrupts.hold(lambda: workbench.move_to(other))
    return ServerSet(request.server, told[:MOST_NAMED], max(0, len(told) - MOST_NAMED), workbench.state(lost))


def _fill(workbench: Workbench, other: Workbench) -> Iterator[tuple[int, bytes, Any, str]]:
    """Put all that is stored there too; tells of each key that is refused its database, name, value, and why."""
    session = other.server.connect().session
    for library in workbench.server.scripting.libraries.libraries.values():
        execute(session, [b"FUNCTION", b"LOAD", library.source])
    progress = workbench.progress("Moving key")
    done, total = 0, workbench.count_keys()
    for database in workbench.keyspace.databases:
        session.database = other.keyspace.databases[database.index]
        for key, value in list(database.entries.items()):
            why = _refusal(session, key, value, database.expiries.get(key))
            if why:
                session.database.remove(key)
                yield database.index, key, value, why
            done += 1
            progress(done, total)


def _refusal(session: Any, key: bytes, value: Any, expiry: int | None) -> str:
    """Why the server of the session does not hold a key that it was sent; "" when it does."""
    profile = session.keyspace.profile
    if content.ends(value) and profile.field_rules is None:
        return f"its fields have a time to live, and {profile.title} has that for whole keys only"
    for words in recreation(key, value, expiry):
        reply = execute(session, words)
        if isinstance(reply, ErrorReply):
            return f"{profile.title} refuses {printed(words[0])}: {printed(reply.message)}"
    return ""
