"""A scenario at a moment, what can happen there, and what comes of it.

A `Position` is all that decides what comes next; equal positions have equal futures. `World.actions` says what can
happen, `World.perform` what a thing that happens leads to. Nothing is done that would have to be undone: states,
clients and notes are values that are kept once (`keyspaces.py`, `clients.py`, `notes.py`), so most of what happens was
found before and is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from ferrous_vm.scenarios import scenario as kinds
from ferrous_vm.scenarios.access import ENDING, EVERYTHING, HISTORY, REPLY, TIME
from ferrous_vm.scenarios.clients import Automata, Edge, Node
from ferrous_vm.scenarios.invariants import Condition, conditions_of, holds, watched_of
from ferrous_vm.scenarios.keyspaces import EPOCH, Keyspaces, Made, Place, State
from ferrous_vm.scenarios.notes import Notes
from ferrous_vm.scenarios.programs import COMMAND, FAILED, NOW, SLEEP
from ferrous_vm.scenarios.scenario import ALWAYS, AT_THE_END, SOONER_OR_LATER, Scenario

AT_ITS_END: Final = -1
"""Where time may pass at any point: a sleep has ended now, and a millisecond later it has ended a millisecond ago."""


class Position(NamedTuple):
    """A scenario at a moment."""

    state: State
    notes: Notes
    nodes: tuple[Node, ...]
    """Where each client stands."""
    wakes: tuple[int, ...]
    """Milliseconds that each client still sleeps; AT_ITS_END while it could go on since just now."""
    paused: int
    """A bit for each client that is away."""
    left: tuple[int, ...]
    """How often each thing that may happen still may."""
    history: tuple[State, ...]
    """States that a failover could lead back to, the latest last."""
    seen: int
    """A bit for each `sooner or later` that has come to hold."""
    turn: tuple[int, int]
    """Who went on last, and how many preemptions are left; (-1, 0) where they do not count."""


Action: TypeAlias = tuple[str, Any]
"""One of the kinds of steps, and the client's number, the milliseconds, the writes lost, or the key."""


class Happened(NamedTuple):
    """What came of an action: where it leads, what it read and wrote (`access.py`), and what to tell of it."""

    position: Position
    reads: int
    writes: int
    made: Made | None = None
    """Of a command."""
    edge: Edge | None = None
    """Of a client that went on."""


class Broken(NamedTuple):
    """What should not be: a condition that does not hold, or a client that failed."""

    condition: Condition | None
    client: int
    text: str


class World:
    """A scenario that can be gone through in any order."""

    def __init__(self, scenario: Scenario, seed: int = 0, absolute: bool = False) -> None:
        """Raises ScenarioError for what cannot be set up, TimeSeen (from here and all else) without `absolute`."""
        self.scenario: Final = scenario
        self.seed: Final = seed
        self.automata = Automata(scenario, seed)
        self.names: Final = self.automata.names
        self.connections: Final = [*self.names, *_others(scenario)]
        """Who has a connection: those with a program first, then those that only steps speak of."""
        self.keyspaces = Keyspaces(scenario, len(self.connections), seed, absolute)
        self.absolute = absolute
        conditions = conditions_of(scenario)
        self._watched = watched_of(scenario, self.keyspaces)
        self._always = [each for each in conditions if each.invariant.when == ALWAYS]
        self._at_the_end = [each for each in conditions if each.invariant.when == AT_THE_END]
        self.sooner_or_later = [each for each in conditions if each.invariant.when == SOONER_OR_LATER]
        self._window = max((each.invariant.window or 0 for each in conditions), default=0)
        may = scenario.may_happen
        self._may = {event.kind: number for number, event in enumerate(may)}
        self._budgets = [self.keyspaces.budget_bit(number) for number in range(len(may))]
        self._advances = [(n, event.amount) for n, event in enumerate(may) if event.kind == kinds.ADVANCE]
        self._time = kinds.TIME in self._may
        lost = [event.amount for event in may if event.kind == kinds.FAILOVER]
        lost += [step.amount for step in scenario.steps if step.kind == kinds.FAILOVER]
        self._most_lost = max(lost, default=0)
        self._counts_turns = scenario.most_preemptions is not None
        self.first: Final = self._first()

    @property
    def orders_matter(self) -> bool:
        """Whether it may depend on more than where two changes of places lead: then none may be left out."""
        return self._counts_turns or bool(self.sooner_or_later)

    def _first(self) -> Position:
        notes = Notes.none_yet(self._window)
        nodes, wakes = [], []
        for client, edge in enumerate(self.automata.first):
            notes = notes.after(client, edge.effects) if edge.effects else notes
            nodes.append(edge.node)
            wakes.append(edge.node.request.amount if edge.node.kind == SLEEP else 0)
        left = tuple(event.most for event in self.scenario.may_happen)
        turn = (-1, self.scenario.most_preemptions or 0)
        first = Position(self.keyspaces.first, notes, tuple(nodes), tuple(wakes), 0, left, (), 0, turn)
        return self._look(first)

    # What can happen

    def is_over(self, position: Position) -> bool:
        """Whether every client has ended."""
        return all(node.is_over for node in position.nodes)

    def actions(self, position: Position) -> list[Action]:
        """Everything that can happen next; nothing once every client has ended."""
        nodes, wakes, paused, left = position.nodes, position.wakes, position.paused, position.left
        may = self._may
        actions: list[Action] = []
        goes_on = False
        is_alive = False
        for client, node in enumerate(nodes):
            if node.is_over:
                continue
            is_alive = True
            if paused >> client & 1:
                actions.append((kinds.BACK, client))
            elif wakes[client] <= 0:
                goes_on = True
                actions.append((kinds.TURN, client))
        if not is_alive:
            return []
        if self._counts_turns:
            actions = self._within_preemptions(position, actions)
        if goes_on and may:
            for client, node in enumerate(nodes):
                if not node.is_over and wakes[client] <= 0 and not paused >> client & 1:
                    if node.kind == COMMAND and self._is_left(kinds.LOSE, left):
                        actions.append((kinds.LOSE, client))
                    if self._is_left(kinds.PAUSE, left):
                        actions.append((kinds.PAUSE, client))
                    if self._is_left(kinds.DIE, left):
                        actions.append((kinds.DIE, client))
        passes = self._passing(position, goes_on)
        if passes:
            actions.append((kinds.ADVANCE, passes))
        if may:
            self._add_of_server(position, actions)
        return actions

    def _is_left(self, kind: str, left: tuple[int, ...]) -> bool:
        number = self._may.get(kind)
        return number is not None and left[number] > 0

    def _within_preemptions(self, position: Position, actions: list[Action]) -> list[Action]:
        last, left = position.turn
        if left or not any(who == last for _, who in actions):
            return actions
        return [action for action in actions if action[1] == last]

    def _passing(self, position: Position, goes_on: bool) -> int:
        """The milliseconds to the next boundary, 0 if none may or can pass."""
        wakes = [wake for wake in position.wakes if wake]
        if self._time or position.paused:
            # The first TTL comes first; of each: just before it, at its very end, just after it.
            return min((end - 1 if end > 1 else 1 for end in (*wakes, *position.state.ttls[:1])), default=0)
        return 0 if goes_on else min(wakes, default=0)

    def _add_of_server(self, position: Position, actions: list[Action]) -> None:
        left, state = position.left, position.state
        for number, milliseconds in self._advances:
            if left[number] > 0:
                actions.append((kinds.ADVANCE, -milliseconds))
        if self._is_left(kinds.EMPTY, left) and state.scripts:
            actions.append((kinds.EMPTY, None))
        if self._is_left(kinds.RESTART, left):
            actions.append((kinds.RESTART, None))
        if self._is_left(kinds.FAILOVER, left):
            actions += [(kinds.FAILOVER, lost) for lost in range(1, len(position.history) + 1)]
        if self._is_left(kinds.EVICT, left):
            expiring = sorted(place for place, entry in state.entries.items() if entry.ttl is not None)
            actions += [(kinds.EVICT, place) for place in expiring]

    # What comes of it

    def perform(self, position: Position, action: Action) -> Happened:
        """What comes of an action that is possible there. Raises TimeSeen, TooMuch, and ScenarioError."""
        kind, what = action
        if kind == kinds.TURN:
            return self._turn(position, what)
        reads = 0
        if self._watched.last:
            reads = REPLY
            position = position._replace(notes=position.notes.silent())
        happened: Happened = _PERFORM[kind](self, position, what)
        return happened._replace(reads=happened.reads | reads, writes=happened.writes | ENDING)

    def _turn(self, position: Position, client: int) -> Happened:
        state, notes, nodes, wakes, paused, left, history, seen, turn = position
        node = nodes[client]
        reads = writes = 0
        made = None
        if node.kind == COMMAND:
            argv = node.request.argv
            made = state.made.get((client, argv)) or self.keyspaces.command(state, client, argv)
            reads, writes, after = made.reads, made.writes, made.state
            edge = node.edges.get(made.data) or self.automata.follow(client, node, made.data, made.reply)
            if after is not state:
                if self._most_lost:
                    history = (*history, state)[-self._most_lost :]
                    writes |= HISTORY
                state = after
        elif node.kind == NOW:
            now = self._now(state, client)
            edge = node.edges.get(now) or self.automata.follow(client, node, now, now)
            reads = TIME
        else:
            edge = node.edges.get(None) or self.automata.follow(client, node, None, None)
        if self._watched.is_any:
            notes, of_reply = self._heard(notes, client, made, node.request.argv)
            reads, writes = reads | of_reply, writes | (0 if made is None else of_reply)
        reached = edge.node
        nodes = (*nodes[:client], reached, *nodes[client + 1 :])
        if edge.effects:
            notes = notes.after(client, edge.effects)
            if self._window:
                writes |= TIME
        if reached.is_over:
            reads |= ENDING
        if reached.kind == SLEEP or wakes[client]:  # one begins, or one that has just ended is over
            wakes = (*wakes[:client], reached.request.amount, *wakes[client + 1 :])
            writes |= TIME
        if self._counts_turns:
            turn = self._turned(position, client)
        reached_position = Position(state, notes, nodes, wakes, paused, left, history, seen, turn)
        if self.sooner_or_later:
            reached_position = self._look(reached_position)
        return Happened(reached_position, reads, writes, made, edge)

    def _heard(self, notes: Notes, client: int, made: Made | None, argv: tuple[bytes, ...]) -> tuple[Notes, int]:
        """Notes once invariants were told of a reply, or of none, and what that touches: a reply writes it."""
        touched = REPLY if self._watched.last else 0
        if made is None:
            return notes.silent(), touched
        after = self._watched.after(notes, client, argv, made.reply)
        return after, touched | TIME if self._window and after is not notes else touched

    def _now(self, state: State, client: int) -> int:
        self.keyspaces.require_absolute()
        return EPOCH + state.time + self.automata.skews[client]

    def _turned(self, position: Position, client: int) -> tuple[int, int]:
        last, left = position.turn
        if (
            last in (-1, client)
            or position.nodes[last].is_over
            or position.wakes[last] > 0
            or position.paused >> last & 1
        ):
            return (client, left)
        return (client, left - 1)

    def _look(self, position: Position) -> Position:
        """What was to come sooner or later may have come."""
        seen = position.seen
        for number, condition in enumerate(self.sooner_or_later):
            if not seen >> number & 1 and self._holds(condition, position):
                seen |= 1 << number
        return position if seen == position.seen else position._replace(seen=seen)

    def _spent(self, position: Position, kind: str) -> tuple[tuple[int, ...], int]:
        """What may still happen after something did, and its bit."""
        number = self._may.get(kind)
        if number is None:  # a step says so
            return position.left, 0
        left = position.left
        return (*left[:number], left[number] - 1, *left[number + 1 :]), self._budgets[number]

    def _lose(self, position: Position, client: int) -> Happened:
        """The command runs, nobody hears of it, and the client says it once more."""
        left, bit = self._spent(position, kinds.LOSE)
        happened = self._unheard(position, client, position.nodes[client].request.argv)
        after = self._look(happened.position._replace(left=left))
        return happened._replace(position=after, writes=happened.writes | bit)

    def command(self, position: Position, client: int, argv: tuple[bytes, ...]) -> Happened:
        """A command runs that no program says."""
        happened = self._unheard(position, client, argv)
        if not self._watched.is_any:
            return happened
        notes, of_reply = self._heard(position.notes, client, happened.made, argv)
        position = happened.position._replace(notes=notes)
        return happened._replace(position=position, writes=happened.writes | of_reply)

    def _unheard(self, position: Position, client: int, argv: tuple[bytes, ...]) -> Happened:
        state, history = position.state, position.history
        made = self.keyspaces.command(state, client, argv)
        writes = made.writes
        if made.state is not state and self._most_lost:
            history = (*history, state)[-self._most_lost :]
            writes |= HISTORY
        return Happened(position._replace(state=made.state, history=history), made.reads, writes, made)

    def _die(self, position: Position, client: int) -> Happened:
        left, bit = self._spent(position, kinds.DIE)
        nodes = (*position.nodes[:client], self.automata.dead[client], *position.nodes[client + 1 :])
        wakes = (*position.wakes[:client], 0, *position.wakes[client + 1 :])
        notes = position.notes.without(client)
        after = position._replace(
            nodes=nodes, wakes=wakes, notes=notes, left=left, paused=position.paused & ~(1 << client)
        )
        return Happened(self._look(after), 0, bit | TIME)

    def _pause(self, position: Position, client: int) -> Happened:
        left, bit = self._spent(position, kinds.PAUSE)
        return Happened(position._replace(paused=position.paused | 1 << client, left=left), 0, bit | TIME)

    def _back(self, position: Position, client: int) -> Happened:
        return Happened(position._replace(paused=position.paused & ~(1 << client)), 0, TIME)

    def _advance(self, position: Position, milliseconds: int) -> Happened:
        """Time passes; a negative number is one of the scenario's own, that may happen so many times."""
        left, writes = position.left, TIME
        if milliseconds < 0:
            milliseconds = -milliseconds
            number = next((number for number, amount in self._advances if amount == milliseconds), None)
            if number is not None:
                left = (*left[:number], left[number] - 1, *left[number + 1 :])
                writes |= self._budgets[number]
        advance = self.keyspaces.advance
        ended = AT_ITS_END if self._time or position.paused else 0
        after = position._replace(
            state=advance(position.state, milliseconds),
            notes=position.notes.later(milliseconds),
            wakes=tuple(
                [ended if wake == milliseconds > 0 else max(wake - milliseconds, 0) for wake in position.wakes]
            ),
            history=tuple([advance(state, milliseconds) for state in position.history]),
            left=left,
        )
        return Happened(self._look(after), 0, writes)

    def _empty(self, position: Position, _: None) -> Happened:
        return self._of_server(position, kinds.EMPTY, self.keyspaces.without_scripts(position.state))

    def _restart(self, position: Position, _: None) -> Happened:
        return self._of_server(position, kinds.RESTART, self.keyspaces.restarted(position.state))

    def _fail_over(self, position: Position, lost: int) -> Happened:
        history = position.history
        earlier = history[-lost] if 0 < lost <= len(history) else None
        state = self.keyspaces.restarted(position.state, earlier)
        happened = self._of_server(position, kinds.FAILOVER, state)
        return happened._replace(position=happened.position._replace(history=()))

    def _evict(self, position: Position, place: Place) -> Happened:
        return self._of_server(position, kinds.EVICT, self.keyspaces.without(position.state, place))

    def _of_server(self, position: Position, kind: str, state: State) -> Happened:
        """Something that happens to the server depends on everything, and everything on it."""
        left, _ = self._spent(position, kind)
        return Happened(self._look(position._replace(state=state, left=left)), EVERYTHING, EVERYTHING)

    # What must hold

    def broken(self, position: Position) -> Broken | None:
        """What should not be, once a position is reached."""
        for client, node in enumerate(position.nodes):
            if node.kind == FAILED:
                return Broken(None, client, node.request.text)
        return self._first_broken(self._always, position)

    def broken_at_the_end(self, position: Position) -> Broken | None:
        """What should not be, where every client has ended."""
        for number, condition in enumerate(self.sooner_or_later):
            if not position.seen >> number & 1:
                return Broken(condition, -1, f"{SOONER_OR_LATER}: {condition.invariant.expression}")
        return self._first_broken(self._at_the_end, position)

    def _first_broken(self, conditions: Iterable[Condition], position: Position) -> Broken | None:
        for condition in conditions:
            if not self._holds(condition, position):
                return Broken(condition, -1, f"{condition.invariant.when}: {said(condition)}")
        return None

    def _holds(self, condition: Condition, position: Position) -> bool:
        return holds(condition, self.keyspaces, position.state, position.notes, self.connections)


def _others(scenario: Scenario) -> list[str]:
    known = scenario.client_names
    return list(dict.fromkeys(step.client for step in scenario.steps if step.client and step.client not in known))


def said(condition: Condition) -> str:
    """A condition as it is written."""
    invariant = condition.invariant
    return invariant.expression + ("" if invariant.window is None else f" in any {invariant.window} ms")


_PERFORM: Final[dict[str, Any]] = {
    kinds.TURN: World._turn,
    kinds.LOSE: World._lose,
    kinds.DIE: World._die,
    kinds.PAUSE: World._pause,
    kinds.BACK: World._back,
    kinds.ADVANCE: World._advance,
    kinds.EMPTY: World._empty,
    kinds.RESTART: World._restart,
    kinds.FAILOVER: World._fail_over,
    kinds.EVICT: World._evict,
}
