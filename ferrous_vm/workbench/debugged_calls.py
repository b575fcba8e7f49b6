"""A call that is debugged: the session of whoever steps through it, counts its lines or follows its values."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.interrupts import Interrupts
from ferrous_vm.machine.setting import Setting, Typed
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.calls import Call
from ferrous_vm.workbench.cluster_calls import refused_by_node


def session_of(
    server: Server,
    client: Client,
    call: Call,
    interrupts: Interrupts | None = None,
    settings: tuple[Setting | Typed, ...] = (),
) -> DebugSession:
    """A session with the call of this client, of which nothing is recorded yet; its options are DebugSession's.

    Raises CommandError if the script may not run, or if the node of a cluster that gets the call refuses it.
    """
    refused = refused_by_node(client, call)
    if refused is not None:
        raise CommandError(refused.message)
    return DebugSession(
        server.scripting,
        client.session,
        call.script,
        call.keys,
        call.argv,
        function=call.function if call.is_function else None,
        read_only_command=call.is_read_only,
        interrupts=interrupts,
        settings=settings,
    )
