"""What `ferrous run --profile` prints: where the instructions and the time of a script go."""

from __future__ import annotations

from collections.abc import Iterator

from ferrous_vm.printing import counted, printed
from ferrous_vm.workbench.records.profiling import DebugProfileShown

MOST_FUNCTIONS = 20
"""Functions that are printed, those first that cost most."""

LONGEST_LINE = 60
"""Characters of a line of the script."""


def profile_lines(source: bytes, shown: DebugProfileShown) -> Iterator[str]:
    """The lines, one after the other."""
    text = [printed(line) for line in source.split(b"\n")]
    commands = sum(line.commands for line in shown.lines)
    yield (
        f"{counted(shown.instructions, 'instruction')}, {counted(commands, 'command')}, {shown.milliseconds:.3f} ms"
        " of one run by this engine's machine, the clock read at each line: a server takes other times"
    )
    yield f"{'line':>6} {'times':>8} {'instructions':>13} {'commands':>9} {'ms':>10}"
    for line in shown.lines:
        code = text[line.line - 1].strip()[:LONGEST_LINE] if line.line <= len(text) else ""
        mark = "" if line.count else "  never executed" if not code else "  -- never executed"
        if line.count and any(sum(branch) and 0 in branch for branch in line.branches):
            mark = "  -- one way only"
        counts = f"{line.line:>6} {line.count:>8} {line.instructions:>13} {line.commands:>9}"
        yield f"{counts} {line.milliseconds:>10.3f}  {code}{mark}".rstrip()
    yield f"{'calls':>8} {'own':>9} {'with called':>12} {'commands':>9} {'own ms':>10} {'ms':>10}  function"
    for one in shown.functions[:MOST_FUNCTIONS]:
        where = f", line {one.line}" if one.line else ""
        counts = f"{one.calls:>8} {one.own:>9} {one.total:>12} {one.commands:>9}"
        yield f"{counts} {one.milliseconds:>10.3f} {one.total_milliseconds:>10.3f}  {one.function}{where}"
    for command in shown.commands:
        yield f"{command.count:>8} times {command.name}, {command.milliseconds:.3f} ms"
    for kind in shown.objects:
        if kind.made:
            yield f"{kind.made:>8} {kind.kind}{'' if kind.made == 1 else 's'} made"
    if shown.note:
        yield shown.note
