"""What the programs of a scenario do, as automata that are found while they are needed.

A client stands at a node; the result of its request leads to the next one. Programs are deterministic, so an edge is
found once, by running the program from its beginning (`programs.py`), and followed for nothing from then on. Two nodes
of a client that stand alike (`standing.py`) are one node: a loop that tries again comes back to where it was.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.scenarios.kept import Kept
from ferrous_vm.scenarios.programs import ENDED, FAILED, Effect, Programs, Request, Stop
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError
from ferrous_vm.scenarios.standing import Standing, prototypes_of

DEAD: Final = "dead"

OVER: Final = frozenset((ENDED, FAILED, DEAD))
"""Kinds of requests of who does nothing any more."""


class Node:
    """A client at a request."""

    __slots__ = ("edges", "is_over", "kind", "request", "results")

    def __init__(self, request: Request, results: tuple[Any, ...]) -> None:
        self.request = request
        self.kind = request.kind
        self.is_over = request.kind in OVER
        self.results = results
        """Some results that lead here."""
        self.edges: dict[Any, Edge] = {}
        """By the reply's bytes, the time, or None where there is no result."""

    def forget(self) -> None:
        """Let go of where the client went from here."""
        self.edges.clear()


class Edge:
    """What a result leads to."""

    __slots__ = ("effects", "node")

    def __init__(self, node: Node, effects: tuple[Effect, ...]) -> None:
        self.node = node
        self.effects = effects


class Automata:
    """All clients of a scenario."""

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        """Raises ScenarioError for a program that does not compile."""
        try:
            self._programs = Programs(scenario, seed)
        except LuaSyntaxError as error:
            raise ScenarioError(error.line, printed(error.message)) from None
        prototypes: dict[int, int] = {}
        for main in self._programs.main.values():
            for identity, number in prototypes_of(main.linked).items():
                prototypes.setdefault(identity, number + 1000 * len(prototypes))
        self._programs.inspect = Standing(prototypes, self._programs.chance)
        self._nodes: Kept[Node] = Kept()
        self.names: Final = scenario.client_names
        self.skews: Final = [client.skew for client in scenario.clients for _ in client.names]
        self.dead: Final = [Node(Request(DEAD), ()) for _ in self.names]
        self.first: Final = [self._found(name, self._programs.run(name, ()), ()) for name in self.names]
        """Where each client begins, and what it tells before its first request."""

    def follow(self, client: int, node: Node, key: Any, result: Any) -> Edge:
        """Where a client goes from a node whose request has had this result, which `key` names."""
        edge = node.edges.get(key)
        if edge is None:
            results = (*node.results, result)
            name = self.names[client]
            edge = node.edges[key] = self._found(name, self._programs.run(name, results), results)
        return edge

    def _found(self, name: str, stop: Stop, results: tuple[Any, ...]) -> Edge:
        request = stop.request
        digest = (request.text,) if request.kind in OVER else stop.digest
        known: Any = object() if digest is None else (name, request, digest)
        node = self._nodes.get(known)
        if node is None:
            node = self._nodes[known] = Node(request, results)
        return Edge(node, stop.effects)
