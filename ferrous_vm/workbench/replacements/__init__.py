"""Scripts that one command does the work of, on a server that has it: found by their paths, tried, and then told of.

What a script does is followed path by path (`analysis/paths.py`); from the commands it calls and what it compares, the
table of `shapes.py` proposes commands; both are carried out on the same generated states (`states.py`, `trial.py`).
Only where keyspaces are the same, and each reply of the command stands for one of the script's, is anything said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ferrous_vm.analysis.lint.replaced import TRANSACTION, Replacement
from ferrous_vm.analysis.paths import paths_of
from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.analysis.script_inputs import inputs_of
from ferrous_vm.analysis.symbols import Beyond, Path, Symbol
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.since import command_since, option_since, options_of, version_of
from ferrous_vm.printing import printed
from ferrous_vm.workbench.replacements.outline import Outline, Words, name_of
from ferrous_vm.workbench.replacements.shapes import EXCEPTIONS, Proposal, Propose, may_fit, proposals
from ferrous_vm.workbench.replacements.trial import Trial, tried

MOST_NODES: Final = 400
"""Nodes of a script that is followed: some sixty lines. A longer one does more than a command."""
STATES: Final = 160
"""States that a script and a command are tried on."""
STATES_ELSEWHERE: Final = 24
"""States of each other server, after the first on which the same commands did the script's work."""


class Size(NamedTuple):
    """So many keys and arguments."""

    keys: int
    arguments: int


def find(
    resolved: ResolvedChunk, source: bytes, names: frozenset[str], servers: tuple[str, ...], *, may_try: bool = True
) -> dict[str, Replacement]:
    """What does the work of a script that calls the commands of these names, by server; without those that have nothing
    for it.

    Unless it `may_try`, which takes a tenth of a second, only what was found before is told.
    """
    if len(resolved.chunk.nodes) > MOST_NODES or not may_fit(names):
        return {}
    for sizes in _sizes(resolved):
        try:
            paths = [tuple(paths_of(resolved, *size)) for size in sizes]
        except Beyond:
            continue
        search = _Search(source, tuple(sizes), tuple(paths))
        found = {name: one for name in servers if (one := search.known(name, may_try))}
        if found:
            return found
    return {}


def _sizes(resolved: ResolvedChunk) -> Iterator[list[Size]]:
    """The numbers of keys and arguments that a script may be tried with, together: it wants some relation of them."""
    keys, arguments, more_keys, more_arguments = inputs_of(resolved)
    if more_keys and more_arguments:
        for pair in (((2, 2), (4, 4)), ((2, 3), (4, 5)), ((2, 4), (3, 6))):
            yield [Size(keys + one, arguments + other) for one, other in pair]
    elif more_keys:
        yield [Size(keys + by, arguments) for by in (2, 4)]
    elif more_arguments:
        yield [Size(keys, arguments + by) for by in (4, 8)]
    else:
        yield [Size(keys, arguments)]


Followed = tuple[tuple[Path, ...], ...]
"""The paths of a script, for each size."""

_KNOWN: Final[dict[tuple[Followed, str], Replacement | None]] = {}
"""What was found of scripts that have these paths: what is said beside them, comments or names, changes nothing."""
MOST_KNOWN: Final = 200


class _Search:
    """Looks for what does the work of a script, server after server."""

    def __init__(self, source: bytes, sizes: tuple[Size, ...], paths: Followed) -> None:
        self._source, self._sizes, self._paths = source, sizes, paths
        self._outlines = [Outline(one) for one in paths]
        self._agreed: dict[int, list[Trial]] = {}
        """Of proposals that did the work on a server what came out there, by their place."""

    def known(self, server: str, may_try: bool) -> Replacement | None:
        """What is found for one server; unless it may try, what was found before."""
        asked = self._paths, server
        if asked not in _KNOWN and may_try:
            found = self._found(server)
            if len(_KNOWN) >= MOST_KNOWN:
                _KNOWN.clear()
            _KNOWN[asked] = found
        return _KNOWN.get(asked)

    def _found(self, server: str) -> Replacement | None:
        best: Replacement | None = None
        for place, alike in enumerate(_alike([proposals(outline) for outline in self._outlines])):
            if not all(_is_there(words, server) for words in alike[0].commands):
                continue
            trials = self._trials(place, alike, server)
            if trials is None:
                continue
            exceptions = frozenset().union(*(trial.exceptions for trial in trials))
            replies = next((trial.replies for trial in trials if trial.replies), "")
            differing = "; ".join(clause for one, clause in EXCEPTIONS.items() if one in exceptions)
            details = [replies] if replies else []
            details += [f"Otherwise it differs only so: {differing}."] if differing else []
            call = _call(alike[0].commands, is_longer=len(self._sizes) > 1)
            code = _code(alike[0]) if not details and len(self._sizes) == 1 else b""
            found = Replacement(call, _since(alike[0]), " ".join(details), code, STATES, STATES_ELSEWHERE)
            if not details:
                return found
            best = best or found
        return best

    def _trials(self, place: int, alike: tuple[Proposal, ...], server: str) -> list[Trial] | None:
        """What comes out for each size; None where one does not do the same. In full on the first server, and wherever
        something else comes out than there."""
        agreed = self._agreed.get(place)
        if agreed is not None and self._all(alike, server, STATES_ELSEWHERE, agreed) is not None:
            return agreed
        trials = self._all(alike, server, STATES, [])
        if trials is not None:
            self._agreed.setdefault(place, trials)
        return trials

    def _all(self, alike: tuple[Proposal, ...], server: str, states: int, agreed: list[Trial]) -> list[Trial] | None:
        trials: list[Trial] = []
        for at, (size, outline, proposal) in enumerate(zip(self._sizes, self._outlines, alike, strict=True)):
            elsewhere = agreed[at] if agreed else None
            count = states // len(self._sizes)
            trial = tried(self._source, outline, proposal, server, *size, count, elsewhere)
            if trial is None:
                return None
            trials.append(trial)
        return trials


def _alike(of_each: list[dict[Propose, list[Proposal]]]) -> Iterator[tuple[Proposal, ...]]:
    """The same proposals for each size."""
    for shape in of_each[0]:
        for_sizes = [one.get(shape, []) for one in of_each]
        if len({len(one) for one in for_sizes}) == 1:
            yield from zip(*for_sizes, strict=True)


def _is_there(words: Words, server: str) -> bool:
    """Whether a server has a command, and its options."""
    name = name_of(words)
    if profile_named(server).commands.find([name.encode()]) is None:
        return False
    options = options_of(server, name.lower())
    return all(word in options for word, at in _options(words) if option_since(name.lower(), word, at))


def _options(words: Words) -> Iterator[tuple[bytes, int]]:
    for at, symbol in enumerate(words):
        if at > 1 and symbol.kind == "text" and symbol.parts[0].isalpha():
            yield symbol.parts[0].upper(), at


def _since(proposal: Proposal) -> str:
    """Since when there is such a command, or such an option of it, on which servers: the latest of all."""
    found: list[tuple[str, str]] = []
    for words in proposal.commands:
        name = name_of(words)
        found.append((command_since(name.lower()), name))
        for word, at in _options(words):
            if since := option_since(name.lower(), word, at):
                found.append((since, f"{printed(word)} of {name}"))
    since, what = max(found, key=lambda one: version_of(one[0].split()[1]))  # the first of equals: the command
    return f"{what} came with {since}" if version_of(since.split()[1]) >= _OLDEST else ""


_OLDEST: Final = (6, 2)
"""The oldest server: what came before is on all of them."""


def _call(commands: tuple[Words, ...], *, is_longer: bool) -> str:
    """Commands as a person writes them, with the inputs by their names in the script."""
    calls = [" ".join((name_of(words), *map(_written, words[1:]))) for words in commands]
    if is_longer:
        calls = [f"{call} …" for call in calls]
    return calls[0] if len(calls) == 1 else f"{TRANSACTION}{', '.join(calls)}, EXEC"


def _code(proposal: Proposal) -> bytes:
    """A script that is nothing but the command; empty where that are several."""
    if len(proposal.commands) > 1:
        return b""
    words = [f"'{name_of(proposal.commands[0])}'"]
    for symbol in proposal.commands[0][1:]:
        shown = _written(symbol)
        if symbol.kind == "text":
            if not shown.replace("'", "").isalnum():
                return b""
            shown = f"'{shown}'"
        words.append(shown)
    return f"return redis.call({', '.join(words)})".encode()


def _written(symbol: Symbol) -> str:
    if symbol.kind == "input":
        return f"{symbol.parts[0]}[{symbol.parts[1]}]"
    if symbol.kind in ("tonumber", "tostring"):
        return _written(symbol.parts[0])
    if symbol.kind == "number":
        return f"{symbol.parts[0]:.17g}"
    shown = printed(symbol.parts[0])
    return shown if shown and " " not in shown else f"'{shown}'"
