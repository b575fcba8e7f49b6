"""Errors in plain words: which argument, what value, what to do (contract.Explanation).

One table of rows, each a pattern and what explains it; the first whose pattern is the whole sentence speaks. The
sentence is the error reply without what Redis writes around it: its code, and the place in the script.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.refusals import refusal_of
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.printing import printed
from ferrous_vm.scripting.run import Issued
from ferrous_vm.workbench import content
from ferrous_vm.workbench.calls import Call
from ferrous_vm.workbench.conversions import DELETED_READ
from ferrous_vm.workbench.error_explanations import clusters, commands, language, scripting, syntax
from ferrous_vm.workbench.error_explanations.clues import Clues, Explanation, Row, no_story
from ferrous_vm.workbench.error_explanations.wordings import as_in_7_0
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.running import ErrorExplanation
from ferrous_vm.workbench.watching import Watcher
from ferrous_vm.workbench.workbench import Workbench

_FAMILIES = (syntax, scripting, clusters, commands, language)
ROWS: dict[str, Row] = {row.name: row for family in _FAMILIES for row in family.ROWS}
"""Every row by its name."""

if len(ROWS) != sum(len(family.ROWS) for family in _FAMILIES):
    raise AssertionError("two rows of the error explainer have one name")

WRAPPING = re.compile(
    r"(?:ERR )?(?:Error running script \(call to f_\w+\): (?:@user_script:\d+: )?)?"
    r"(?:Error compiling (?:script \(new function\)|function): |Error registering functions: (?:ERR )?)?"
    r"(?:@?user_(?:script|function):\d+: )?(?:@user_script: \d+: )?(.*?)"
    r"(?: script: (?:[^,]*, )?on @?.*:\d+\.)?",
    re.DOTALL,
)
"""An error reply: its code where it is ERR, what failed, the place, the sentence, the place once more."""


def sentence_of(message: str, profile: Profile = REDIS_7_0_15) -> str:
    """The sentence within an error reply of a server, as Redis 7.0 words it."""
    found = WRAPPING.fullmatch(message)
    return as_in_7_0(found[1] if found else message, profile.sentences)


def explain(clues: Clues) -> tuple[str, Explanation]:
    """The name of the row that fits `clues.sentence`, and what it says. The last row fits everything."""
    fitting = ((row, row.pattern.fullmatch(clues.sentence)) for row in ROWS.values())
    told = ((row.name, row.explain(clues, found)) for row, found in fitting if found)
    return next((name, explained) for name, explained in told if explained is not None)


def explanation(
    workbench: Workbench,
    call: Call,
    problem: Problem,
    watcher: Watcher,
    story: Callable[[int | None], str] = no_story,
) -> ErrorExplanation:
    """The error reply `problem` of a call in plain words. `watcher` has seen the run; `story` tells where a value came
    from (`clues.Clues`)."""
    failed = watcher.failed
    message = printed(failed.reply.message) if failed and isinstance(failed.reply, ErrorReply) else None
    is_first = workbench.profile.sentences.place.startswith(b"%(message)b")
    is_cause = message is not None and (
        problem.message.startswith(message) if is_first else message.removeprefix("ERR ") in problem.message
    )
    clues = Clues(
        sentence=sentence_of(problem.message, workbench.profile),
        line=problem.line,
        source=printed(call.script).split("\n"),
        keys=call.keys,
        argv=call.argv,
        command=failed if is_cause else None,
        refused=watcher.refused,
        without_value=watcher.without_value,
        value_at=values_of(workbench.keyspace.databases[0]),
        script=call.script,
        server=workbench.profile,
        story=story,
        deleted_entry=_deleted_entry(watcher),
    )
    name, told = explain(clues)
    return ErrorExplanation(name, told.what, told.advice)


def _deleted_entry(watcher: Watcher) -> str:
    """What is said of the first entry of a stream that was deleted before it was acknowledged, if a script got one."""
    told = next((one for one in watcher.conversions.conversions if one.message == DELETED_READ), None)
    if told is None:
        return ""
    place = "" if told.line is None else f" on line {told.line}"
    what = (
        f"an entry that was deleted before it was acknowledged, {told.after}: it has an id, and false for its fields."
    )
    return f"{told.where}{place} answered {what} Test entry[2] first, and XACK the id."


def explain_command(argv: list[bytes], reply: ErrorReply, session: Session) -> tuple[Explanation, int | None]:
    """What the client of `session` was just refused, in plain words, and the position of the word that was wrong."""
    row, server = session.find_command(argv), session.keyspace.profile
    refused = refusal_of(session, row, argv, reply)
    issued = Issued(tuple(argv), argv, reply, None, 2, refused, row, server)
    sentence = sentence_of(printed(reply.message), server)
    value_at = values_of(session.database)
    told = explain(Clues(sentence, None, [], [], [], issued, None, {}, value_at, server=server))[1]
    return told, refused and refused.position


def values_of(database: Database) -> Callable[[bytes], tuple[str, Any] | None]:
    """Tells of a key its type and its value, a string's as bytes; None where there is no such key."""

    def value_at(key: bytes) -> tuple[str, Any] | None:
        value = database.entries.get(key)
        if value is None:
            return None
        kind = content.type_name(value)
        return kind, next(iter(content.elements(value)))[1] if kind == "string" else value

    return value_at
