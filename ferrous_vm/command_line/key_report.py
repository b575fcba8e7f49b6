"""What `ferrous run --key-report` prints of the keys of a run, and `ferrous lint --keys` of those a script names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.printing import counted
from ferrous_vm.workbench.records.keys import KeyOrigin, KeyReportShown, KeySource, ScriptKey, ScriptKeysShown


def report_lines(shown: KeyReportShown) -> Iterator[str]:
    """The lines, one after the other."""
    declared = f"{shown.undeclared} not" if shown.undeclared else "all"
    yield f"{counted(shown.all, 'key')}, {declared} in KEYS, in {counted(shown.slots, 'slot')}"
    for one in shown.keys:
        yield f"{one.slot:>6}  {one.key}  {'in KEYS' if one.declared else 'not in KEYS'}; {_story(one)}"
    if shown.all > len(shown.keys):
        yield f"{counted(shown.all - len(shown.keys), 'more key')}"
    for name in shown.proposal:
        yield f"for one slot: {name.before} as {name.after}"
    for verdict in shown.verdicts:
        yield f"{verdict.target} {verdict.verdict}: {verdict.reason} ({verdict.source})"
    if shown.note:
        yield shown.note


def _story(one: KeyOrigin) -> str:
    if not one.commands:
        return "not used"
    line = "" if one.line is None else f" on line {one.line}"
    sources = f", made of {', '.join(map(_source, one.sources))}" if one.sources else ""
    return f"{', '.join(one.commands)}{line}{sources}"


def _source(source: KeySource) -> str:
    line = "" if source.line is None else f" (line {source.line})"
    names = {"literal": "a literal", "decoded": f"what {source.text} read", "stored": f"the reply of {source.text}"}
    return names.get(source.kind, source.text) + line


def key_lines(path: str, shown: ScriptKeysShown) -> Iterator[str]:
    """The lines about the keys that a script in a file names."""
    if shown.problem:
        yield f"{path}: {shown.problem}"
        return
    yield f"{path}: {counted(shown.all, 'key')}, {shown.undeclared:,} not in KEYS"
    for one in shown.keys:
        means = f" = {one.means}" if one.means else ""
        slot = "any" if one.slot is None else one.slot
        yield f"{slot:>6}  {one.text}{means}  {_DECLARED[one.declared]}; {_uses(one)}, made of {_made_of(one)}"
    if shown.all > len(shown.keys):
        yield counted(shown.all - len(shown.keys), "more key")


_DECLARED: Final = {"yes": "in KEYS", "no": "not in KEYS", "unknown": "in KEYS or not"}
_NAMES: Final = {
    "literal": "a literal",
    "stored": "a reply",
    "time": "TIME",
    "decoded": "packed data",
    "made": "a number it counts",
    "unknown": "what is not known",
}


def _uses(one: ScriptKey) -> str:
    lines = f"line{'' if len(one.lines) == 1 else 's'} {', '.join(map(str, one.lines))}"
    return f"{', '.join(one.commands)} on {lines}"


def _made_of(one: ScriptKey) -> str:
    return ", ".join(_NAMES.get(source, source) for source in one.sources) or "nothing known"
