"""What is said beside an expectation that does not hold: which lines differ, and what an error means.

The call is made once more on a workbench, behind the calls before it: so its error is explained as in the page, with
the command and the argument that were wrong. Nothing of it is imported where all holds.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Final

from ferrous_vm.command_line.expectations import Call, Failure, ScriptFile
from ferrous_vm.workbench import runs
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.records.running import Run
from ferrous_vm.workbench.workbench import Workbench

_ERROR: Final = "(error) "

_AROUND: Final = 2
"""Lines that are the same, shown before and after those that differ."""

_LEAST: Final = 3
"""Lines of the longer side from which on a difference is easier to read than both sides."""


def explain(script: ScriptFile, failures: Sequence[Failure], profile: str, engine: str) -> None:
    """Write into each failure whose reply is an error what that means."""
    for failure in failures:
        called = [call for call in script.calls if call.line == failure.line]
        if called and failure.about == "reply" and failure.got.startswith(_ERROR):
            failure.explanation = _explanation(script, called[0], profile, engine)


def _explanation(script: ScriptFile, call: Call, profile: str, engine: str) -> str:
    try:
        text = script.source.decode()
    except UnicodeDecodeError:
        return ""
    workbench = Workbench(profile=profile, engine=engine)
    client = workbench.server.connect()
    for _, command in script.preparation():
        client.execute(*command)
    for before in script.calls[: script.calls.index(call)]:
        client.execute(*script.argv(before))
    ran = runs.run(
        workbench,
        Run(
            script=text,
            keys=[argument(key) for key in call.keys],
            argv=[argument(word) for word in call.arguments],
            fresh=False,
            mode="FCALL" if script.is_library else "EVAL",
            function=call.function.decode(errors="replace"),
        ),
    )
    return "" if ran.explanation is None else f"{ran.explanation.what} {ran.explanation.advice}".strip()


def difference(expected: str, got: str) -> Iterator[str]:
    """The lines in which two long sides differ, `-` those expected and `+` those that came; nothing of short ones."""
    sides = expected.split("\n"), got.split("\n")
    if max(map(len, sides)) >= _LEAST:
        yield from (line for line in list(difflib.unified_diff(*sides, n=_AROUND, lineterm=""))[2:] if line[:2] != "@@")
