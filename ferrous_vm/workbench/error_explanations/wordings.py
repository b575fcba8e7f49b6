"""The sentences of other servers as Redis 7.0 words them: the table of explanations is written for those."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from ferrous_vm.keyspace.profiles.sentences import Sentences
from ferrous_vm.records import fields_of

WHOLE: Final = frozenset({
    "unknown_command", "wrong_arity", "not_allowed", "no_argument", "bad_argument", "no_script", "denied_command",
    "denied_key", "denied_channel", "script_denied_command", "script_denied_key", "script_denied_channel", "no_member",
})  # fmt: skip
"""The fields of Sentences that are a sentence of their own, and not part of one."""

_BEFORE: Final = re.compile(r"(?:ERR )?(?:@user_script: %d: )?")
"""What stands before a sentence in its template, and not in what is explained."""

_GAP: Final = re.compile(r"%[bd]")


def as_in_7_0(sentence: str, sentences: Sentences) -> str:
    """A sentence as Redis 7.0 would word it; one that it has not, or words so too, stays as it is."""
    for pattern, template in _wordings(sentences):
        found = pattern.fullmatch(sentence)
        if found:
            return _filled(template, found.groups())
    api = sentences.api.decode()
    return sentence if api == "redis" else re.sub(rf"\b{api}\.(\w+\(\))", r"redis.\1", sentence)


def _filled(template: str, words: tuple[str, ...]) -> str:
    """A template with the last of the words in its gaps."""
    gaps = iter(words[-len(_GAP.findall(template)) or None :])
    return _GAP.sub(lambda _: next(gaps, ""), template)


@cache
def _wordings(sentences: Sentences) -> list[tuple[re.Pattern[str], str]]:
    """Of each sentence that is worded otherwise: what it looks like, and the template of Redis 7.0."""
    usual, own = fields_of(Sentences()), fields_of(sentences)
    return [(_pattern(_bare(own[name])), _bare(usual[name])) for name in sorted(WHOLE) if own[name] != usual[name]]


def _bare(template: bytes) -> str:
    return _BEFORE.sub("", template.decode(), count=1)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, _GAP.split(template))), re.DOTALL)
