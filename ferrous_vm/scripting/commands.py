"""The commands of scripting. Importing this module tells where each of them is, and checks that none is missing."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.command import PLACES, check_complete, place

MODULES: Final[dict[str, str]] = {
    "eval_commands": (
        "EVAL EVAL_RO EVALSHA EVALSHA_RO SCRIPT|DEBUG SCRIPT|EXISTS SCRIPT|FLUSH SCRIPT|HELP SCRIPT|KILL SCRIPT|LOAD"
    ),
    "function_commands": (
        "FCALL FCALL_RO FUNCTION|DELETE FUNCTION|DUMP FUNCTION|FLUSH FUNCTION|HELP FUNCTION|KILL FUNCTION|LIST "
        "FUNCTION|LOAD FUNCTION|RESTORE FUNCTION|STATS"
    ),
}
"""Which commands the handlers of a module answer."""

NOT_OFFERED: Final[dict[str, str]] = {}
"""Commands of this group that Ferrous does not answer, each with its reason."""

place("ferrous_vm.scripting", MODULES)
PLACES[b"script|show"] = "ferrous_vm.scripting.script_show"  # of Valkey
check_complete(["scripting"], NOT_OFFERED)
