"""The commands of scripting. Importing this module registers them all and checks that none is missing."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.command import check_complete
from ferrous_vm.scripting import eval_commands, function_commands

NOT_OFFERED: Final[dict[str, str]] = {}
"""Commands of this group that Ferrous does not answer, each with its reason."""

check_complete(["scripting"], NOT_OFFERED)

__all__ = ["NOT_OFFERED", "eval_commands", "function_commands"]
