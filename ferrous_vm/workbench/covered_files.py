"""The files of scripts that were executed: a script is found by its text, in a file of its own or in a string of a
program, and its lines are told as those of the file.

What a program strips of a text before it sends it, space at either end, is no difference. What it puts together as it
runs is found nowhere, and told under the SHA-1 of its text, that of a shebang not included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from ferrous_vm.printing import counted
from ferrous_vm.records import MutableRecord, field, with_changes
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.workbench.coverage import Coverage, CoveredFunction, covered, lcov
from ferrous_vm.workbench.embedded_scripts import GRAMMARS, can_read, embedded_scripts
from ferrous_vm.workbench.records.profiling import LineProfile

LUA: Final = ".lua"

LARGEST: Final = 2_000_000
"""Bytes of a file that is looked into."""

_PASSED_OVER: Final = frozenset((".git", ".hg", ".svn", ".tox", ".venv", "__pycache__", "node_modules", "venv"))
"""Folders of what others wrote."""


class CoveredFile(MutableRecord):
    """What was executed of one file, by all scripts in it."""

    path: str
    lines: list[LineProfile] = field(factory=list)
    functions: list[CoveredFunction] = field(factory=list)

    def add(self, coverage: Coverage, lines: dict[int, int]) -> None:
        """One script more; `lines` says which lines of the file those of the script are."""
        together = {line.line: line for line in self.lines}
        for line in coverage.lines():
            at = lines.get(line.line, line.line)
            before = together.get(at)
            count = line.count + (before.count if before else 0)
            branches = [*(before.branches if before else ()), *line.branches]
            together[at] = with_changes(line, line=at, count=count, branches=branches)
        self.lines = [together[line] for line in sorted(together)]
        self.functions += [
            with_changes(one, line=lines.get(one.line, one.line), name=_placed(one, lines))
            for one in coverage.functions()
        ]

    def lcov(self) -> str:
        """A record of lcov's tracefile."""
        return lcov(self.path, self.functions, self.lines)

    def in_words(self) -> str:
        """A line for a person."""
        whole = covered(self.lines)
        told = f"{self.path}: {whole.lines_executed} of {counted(whole.lines, 'line')}"
        if whole.ways:
            told += f", {whole.ways_taken} of {whole.ways} branches"
        never = [line.line for line in self.lines if not line.count]
        one_way = [line.line for line in self.lines if any(sum(ways) and 0 in ways for ways in line.branches)]
        for title, numbers in (("never executed", never), ("one way only", one_way)):
            if numbers:
                told += f"; {title}: {', '.join(_spans(numbers))}"
        return told


def _placed(function: CoveredFunction, lines: dict[int, int]) -> str:
    at = lines.get(function.line, function.line)
    return f"main chunk at line {at}" if function.name == "main chunk" and at != 1 else function.name.replace(
        f"line {function.line}", f"line {at}"
    )  # fmt: skip


def _spans(numbers: Sequence[int]) -> Iterator[str]:
    """Numbers that follow each other as one: 3, 7-9."""
    first = last = numbers[0]
    for number in [*numbers[1:], 0]:
        if number != last + 1:
            yield f"{first}-{last}" if last > first else f"{first}"
            first = number
        last = number


def files_of(scripts: dict[bytes, Coverage], folders: Iterable[Path], root: Path | None = None) -> list[CoveredFile]:
    """What was executed, by file, named from `root` if there is one; last the scripts that are in no file of these
    folders, by their SHA-1."""
    wanted = {_core(body): (body, coverage) for body, coverage in scripts.items() if _core(body)}
    found: dict[str, CoveredFile] = {}
    seen: set[bytes] = set()
    for path in _candidates(folders):
        for text, origins in _texts(path):
            core = _core(text)
            if core in wanted:
                body, coverage = wanted[core]
                seen.add(body)
                name = str(path.relative_to(root) if root is not None and path.is_relative_to(root) else path)
                file = found.setdefault(name, CoveredFile(name))
                file.add(coverage, _lines(body, text, path.read_bytes(), origins))
    files = [found[path] for path in sorted(found)]
    for body, coverage in scripts.items():
        if body not in seen:
            file = CoveredFile(f"script-{hashlib.sha1(body).hexdigest()}.lua")
            file.add(coverage, {})
            files.append(file)
    return files


def _core(text: bytes) -> bytes:
    """A text without shebang and without space around it."""
    return body_of(text.strip()).strip()


def _candidates(folders: Iterable[Path]) -> Iterator[Path]:
    """The files that may hold scripts, each once, in the order of their names."""
    for folder in dict.fromkeys(folders):
        paths = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        for path in paths:
            within = path.relative_to(folder).parts[:-1] if folder.is_dir() else ()
            is_ours = _PASSED_OVER.isdisjoint(within)
            if is_ours and (path.suffix == LUA or path.suffix in GRAMMARS) and path.is_file():
                yield path


def _texts(path: Path) -> Iterator[tuple[bytes, Sequence[int]]]:
    """The scripts in a file, and which byte of the file each of their bytes is."""
    try:
        source = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        return
    if path.suffix == LUA:
        yield source, range(len(source) + 1)
    elif can_read(path.name):
        for script in embedded_scripts(path.name, source):
            yield script.text, script.origins


def _lines(body: bytes, text: bytes, source: bytes, origins: Sequence[int]) -> dict[int, int]:
    """Which line of a file each line of a script is, whose `text` stands there."""
    core = _core(text)
    in_body, in_text = body.find(core), text.find(core)
    lines: dict[int, int] = {}
    at = in_body
    for number in range(body.count(b"\n", 0, in_body) + 1, body.count(b"\n") + 2):
        place = min(max(in_text + at - in_body, 0), len(text))
        lines[number] = source.count(b"\n", 0, origins[place]) + 1
        at = body.find(b"\n", at) + 1
        if not at:
            break
    return lines
