"""ferrous lint: what the linter finds in files, in one of the formats of `output/formats.py`.

    script.lua:3:4: warning: What EXISTS answers is ... [truthy-zero]
      |
    3 | if redis.call('EXISTS', KEYS[1]) then
      |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = fix: Compare with 1

Scripts in the strings of Lua programs are found too, and those of Python, JavaScript, TypeScript, Go, Java and Ruby,
where the wheel's extra `embedded` is installed. What is found holds for Redis 7.0, for the servers that `--server
NAME,NAME` names, or for those that a script names itself in the comment `-- server: redis>=7.2 valkey>=8`. With --fix
what is certain is put right first. The status is 1 when there is an error or a warning. What is only information does
not fail a build. With --keys it tells of the keys instead that each script names, found without running it: declared or
not, what they are made of, their slots where these are known.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from ferrous_vm.analysis.lint import RULES, Diagnostic
from ferrous_vm.command_line import servers
from ferrous_vm.command_line.files import Refused, files_below, read, scripts_in
from ferrous_vm.command_line.key_report import key_lines
from ferrous_vm.command_line.output import formats
from ferrous_vm.command_line.output.places import Places
from ferrous_vm.command_line.output.reports import Case, Finding, Replacement, Report
from ferrous_vm.command_line.output.text import concisely
from ferrous_vm.workbench.embedded_scripts import GRAMMARS, can_read
from ferrous_vm.workbench.file_keys import in_file
from ferrous_vm.workbench.file_lint import FileLint, fixed, lint_file, names_given, tags_keys
from ferrous_vm.workbench.records.keys import ScriptKeysShown

MOST_OF_A_PART: Final = 100_000
"""Bytes of a file that is looked at beside the one that is linted."""


MOST_PARTS: Final = 200
"""Files of one folder that are looked at so; a folder of more is none of the parts of scripts."""


MOST_PROGRAMS: Final = 2_000
"""Programs of a project that are looked at for hash tags."""


_FOR_RESOURCES: Final = frozenset(("lua", "script", "scripts", "redis", "resources", "META-INF", "static", "commands"))
"""Names of folders that a program keeps its scripts in."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous lint`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="scripts, or folders of them")
    parser.add_argument("--fix", action="store_true", help="put right what is certain, and tell of the rest")
    parser.add_argument("--keys", action="store_true", help="tell of the keys that the scripts name, not of findings")
    parser.add_argument("--explain", metavar="RULE", help="print the page of a rule, or of `all`")
    servers.add_argument(parser)
    formats.add_arguments(parser)
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous lint` and answer the exit status. Raises Refused for what cannot be read or explained."""
    if options.explain is not None:
        _explain(options.explain)
        return 0
    if not options.files:
        raise Refused("name the files to lint, or a rule to --explain")
    if options.keys:
        return _tell_keys(options)
    names = tuple(servers.chosen(options.server))
    files = _files(options.files)
    folders = [path.resolve() for path in options.files if path.is_dir()]
    beside = _Beside(frozenset(options.files), _Given(files), _Tagging(folders))
    cases = (_case(path, names, options.fix, beside) for path in files)
    return formats.tell(Report("lint", {name: rule.reason for name, rule in RULES.items()}, cases, str), options)


def _tell_keys(options: argparse.Namespace) -> int:
    if options.output_format not in ("full", "json") or options.output_file is not None:
        raise Refused("--keys tells as full or json, and prints it")
    told = [(path, shown) for path in _files(options.files) for shown in in_file(path.name, read(path))]
    if options.output_format == "json":
        print(
            json.dumps([{"file": str(path), "problem": shown.problem, "keys": _fields(shown)} for path, shown in told])
        )
    else:
        for path, shown in told:
            print(*key_lines(str(path), shown), sep="\n")
    return int(any(shown.problem for _, shown in told))


def _fields(shown: ScriptKeysShown) -> list[dict[str, Any]]:
    return [{name: getattr(one, name) for name in cast(Any, one).__slots__} for one in shown.keys]


def _files(paths: list[Path]) -> list[Path]:
    """The files named, and those of each folder that may hold scripts."""
    found = scripts_in(paths)
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in files_below(path, GRAMMARS) if can_read(file.name))
        elif path.suffix in GRAMMARS and not can_read(path.name):
            raise Refused(f"{path}: install ferrous-vm[embedded] to find the scripts in it")
    return found


class _Given:
    """For the folders of some files, what parts of scripts there and a folder below declare for the others, or lack as
    they do. Nothing is read of a folder before it is asked for."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.files = {path for path in files if path.suffix == ".lua"}
        self.known: dict[Path, frozenset[bytes]] = {}

    def of(self, folder: Path) -> frozenset[bytes]:
        """The names that scripts of this folder need not declare."""
        if folder not in self.known:
            below = (path for path in self.files if path.parent.parent == folder)
            parts = sorted(path for path in {*folder.glob("*.lua"), *below} if _is_small(path))
            if len(parts) > MOST_PARTS:
                print(f"{folder}: names that files beside give are looked for in {MOST_PARTS} of them", file=sys.stderr)
                del parts[MOST_PARTS:]
            self.known[folder] = frozenset[bytes]().union(*(names_given(read(path)) for path in parts))
        return self.known[folder]


class _Tagging:
    """For folders of scripts, whether a program beside puts hash tags into the names of keys: one of this folder or the
    one above, or of the folder that those for scripts and other resources stand in, `src/main`, anywhere in it; or
    anywhere in one of the folders that are linted, `named`, that this one is in. Nothing is read of a folder before it
    is asked for."""

    def __init__(self, named: Iterable[Path] = ()) -> None:
        self.named = list(named)
        self.known: dict[tuple[Path, bool], bool] = {}

    def of(self, folder: Path) -> bool:
        """Whether one does."""
        here = home = folder.resolve()
        ends = {Path(home.anchor), Path.home()}  # above a project nothing is of it
        while home.name in _FOR_RESOURCES and home.parent not in ends and not (home / ".git").exists():
            home = home.parent
        around = [folder for folder in self.named if here.is_relative_to(folder)]
        return (
            self._in(here, below=False)
            or self._in(here.parent, below=False)
            or (home != here and self._in(home, below=True))
            or any(self._in(folder, below=True) for folder in around)
        )

    def _in(self, folder: Path, *, below: bool) -> bool:
        if (folder, below) not in self.known:
            files = files_below(folder, GRAMMARS) if below else folder.glob("*")
            programs = (path for path in files if path.suffix in GRAMMARS and _is_small(path))
            self.known[folder, below] = any(tags_keys(read(path)) for path in islice(programs, MOST_PROGRAMS))
        return self.known[folder, below]


class _Beside(NamedTuple):
    """What is asked of the files beside one: those `named` on the command line, and what their folders have."""

    named: frozenset[Path]
    given: _Given
    tagging: _Tagging


def _is_small(path: Path) -> bool:
    """Whether a part that others are put behind may be as long."""
    return path.is_file() and path.stat().st_size <= MOST_OF_A_PART


def _case(path: Path, names: tuple[str, ...], is_fixing: bool, beside: _Beside) -> Case:
    """What is found in a file, after it was put right if that is asked for."""
    source = read(path)
    folder, is_named = path.parent, path in beside.named

    def lint(text: bytes) -> FileLint:
        return lint_file(
            str(path if not path.is_absolute() else path.relative_to(folder.parent)),
            text,
            names,
            lambda: beside.given.of(folder),
            lambda: beside.tagging.of(folder),
            is_named=is_named,
        )

    if is_fixing:
        changed, count = fixed(source, lint)
        if count:
            path.write_bytes(changed)
            print(f"{path}: {count} put right", file=sys.stderr)
            source = changed
    result = lint(source)
    if result.left_alone:
        print(f"{path}: left alone: {result.left_alone}", file=sys.stderr)
    places = Places(source)
    found = [(one, _finding(path, one, places)) for one in result.found]
    full = (line for one, finding in found for line in _in_full(one, finding, places))
    data = tuple(_json(path, one) for one, _ in found)
    return Case(str(path), str(path), tuple(finding for _, finding in found), tuple(full), data)


def _finding(path: Path, one: Diagnostic, places: Places) -> Finding:
    begin, end = places.at(one.start), places.at(one.end)
    return Finding(
        str(path),
        one.rule,
        one.severity,
        one.message,
        one.line,
        begin,
        end,
        one.fix.title if one.fix else "",
        tuple(
            Replacement(places.at(edit.start), places.at(edit.end), edit.text.decode("utf-8", "backslashreplace"))
            for edit in (one.fix.edits if one.fix else ())
        ),
    )


def _in_full(one: Diagnostic, finding: Finding, places: Places) -> Iterator[str]:
    if finding.begin is None or finding.end is None:
        raise AssertionError("a finding of the linter has a place")
    yield concisely(finding)
    yield from places.excerpt(finding.begin, finding.end)
    if one.fix is not None:
        yield f"{' ' * len(str(one.line))} = fix: {one.fix.title}"


def _explain(name: str) -> None:
    if name == "all":
        print("\n".join(rule.documentation() for rule in RULES.values()), end="")
    elif name in RULES:
        print(RULES[name].documentation(), end="")
    else:
        close = get_close_matches(name, RULES, 1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise Refused(f"there is no rule {name}{hint}; the rules are {', '.join(RULES)}")


def _json(path: Path, one: Diagnostic) -> dict[str, Any]:
    fix = one.fix and {
        "title": one.fix.title,
        "edits": [
            {"start": edit.start, "end": edit.end, "text": edit.text.decode("utf-8", "backslashreplace")}
            for edit in one.fix.edits
        ],
    }
    return {
        "file": str(path),
        "rule": one.rule,
        "severity": one.severity.value,
        "line": one.line,
        "column": one.column,
        "end_line": one.end_line,
        "end_column": one.end_column,
        "message": one.message,
        "fix": fix,
    }
