"""What `ferrous run --key-report` prints: the keys of a script, where they come from, and what servers say to them."""

from __future__ import annotations

from collections.abc import Iterator

from ferrous_vm.printing import counted
from ferrous_vm.workbench.records.keys import KeyOrigin, KeyReportShown, KeySource


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
