"""ferrous lint: what the linter finds in files, one line each, or as JSON.

    script.lua:3:4: warning: What EXISTS answers is ... [truthy-zero]

The status is 1 when there is an error or a warning. What is only information does not fail a build.
"""

from __future__ import annotations

import argparse
import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ferrous_vm.analysis.lint import RULES, Diagnostic, Severity
from ferrous_vm.command_line.files import Refused, read, scripts_in
from ferrous_vm.scripting.lint_facts import lint_script


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous lint`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="scripts, or folders of them")
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")
    parser.add_argument("--explain", metavar="RULE", help="print the page of a rule, or of `all`")
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous lint` and answer the exit status. Raises Refused for what cannot be read or explained."""
    if options.explain is not None:
        _explain(options.explain)
        return 0
    if not options.files:
        raise Refused("name the files to lint, or a rule to --explain")
    findings = [(path, one) for path in scripts_in(options.files) for one in lint_script(read(path))]
    if options.json:
        print(json.dumps([_json(path, one) for path, one in findings], indent=2))
    else:
        for path, one in findings:
            print(f"{path}:{one.line}:{one.column}: {one.severity.value}: {one.message} [{one.rule}]")
    return int(any(one.severity is not Severity.INFO for _, one in findings))


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
