"""The steps of a scenario, carried out one by one, with what came of each; every step can be taken back.

A step that is not possible any more, because the protocol was mended meanwhile and a client has ended, is passed over,
and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ferrous_vm.keyspace.replies import encode
from ferrous_vm.printing import printed, visible
from ferrous_vm.records import Record, field, with_changes
from ferrous_vm.scenarios import scenario as kinds
from ferrous_vm.scenarios.charts import NOTHING, Drawing, Point, Reply, drawings_of
from ferrous_vm.scenarios.keyspaces import Made, State, TimeSeen
from ferrous_vm.scenarios.programs import COMMAND, ENTER, LEAVE, NOW, SLEEP, Effect
from ferrous_vm.scenarios.scenario import Scenario, Step
from ferrous_vm.scenarios.sentences import write_step
from ferrous_vm.scenarios.world import Action, Position, World
from ferrous_vm.workbench.printed_values import print_reply, print_value


class Unmet(Record):
    """An expectation that does not hold."""

    about: str
    expected: str
    got: str


class Ran(Record):
    """A step, and what came of it."""

    step: Step
    at: int
    """Milliseconds since the scenario began, before it."""
    sentence: str
    """What happened, for a person: `A calls acquire(lock; A, 1000)`."""
    reply: str = ""
    """As redis-cli prints it; nothing where there is none."""
    effects: list[str] = field(factory=list)
    """`enters critical`, `leaves critical`, `notes done`."""
    passed_over: str = ""
    """Why it was not possible."""
    unmet: list[Unmet] = field(factory=list)
    broken: str = ""
    """What should not be, and is since; of the first step, also what was so before it."""
    points: list[Point] = field(factory=list)
    """What each chart shows then, where charts are drawn."""


def step_of(world: World, action: Action) -> Step:
    """An action as a step."""
    kind, what = action
    if kind in (kinds.TURN, kinds.LOSE, kinds.DIE, kinds.PAUSE, kinds.BACK):
        return Step(kind, client=world.names[what])
    if kind == kinds.ADVANCE:
        return Step(kind, amount=abs(what))
    if kind == kinds.FAILOVER:
        return Step(kind, amount=what)
    return Step(kind, words=(what[1],)) if kind == kinds.EVICT else Step(kind)


class Runner:
    """A scenario that is gone through. `ran` is what has happened."""

    def __init__(self, scenario: Scenario, seed: int = 0, *, draws: bool = False) -> None:
        """`draws`: its charts are drawn. Raises ScenarioError for what cannot be set up."""
        self.scenario: Final = scenario
        self._seed = seed
        self._drawings: Final[list[Drawing]] = drawings_of(scenario) if draws else []
        self._begin(absolute=False)

    def _begin(self, *, absolute: bool) -> None:
        try:
            self._set_up(absolute)
        except TimeSeen:
            self._set_up(absolute=True)

    def _set_up(self, absolute: bool) -> None:
        self.world = World(self.scenario, self._seed, absolute)
        self.position = self.world.first
        self.first_points = self._points([NOTHING] * len(self._drawings), [])
        """What each chart shows before the first step."""
        self.ran: list[Ran] = []
        self.positions: list[tuple[Position, int]] = []
        """Before each step, where it stood, and `at`."""
        self.at = 0
        """Milliseconds since the scenario began."""

    def step(self, step: Step) -> Ran:
        """Carry out a step."""
        try:
            ran = self._step(step)
        except TimeSeen:  # from now on states have a time: the same again
            before = [ran.step for ran in self.ran]
            self._begin(absolute=True)
            for earlier in before:
                self._keep(self._step(earlier))
            ran = self._step(step)
        return self._keep(ran)

    def _keep(self, ran: Ran) -> Ran:
        self.ran.append(ran)
        return ran

    def back(self) -> None:
        """Take back the last step, if there was one."""
        if self.ran:
            self.ran.pop()
            self.position, self.at = self.positions.pop()

    def _step(self, step: Step) -> Ran:
        place = (self.position, self.at)
        at = self.at
        sentence, reply, effects = "", "", []
        broken = "" if self.ran else self.broken()
        replies: list[Reply] = []
        reason = ""
        for _ in range(step.times):
            reason, action = self._action(step)
            if reason:
                break
            sentence = self._sentence(step, action)
            made, told = self._perform(step, action)
            reply = print_reply(made.data) if made is not None else ""
            if made is not None and self._drawings:
                replies.append(Reply(step.client, reply))
            effects += [_said_effect(effect) for effect in told]
            broken = broken or self.broken()
        points = self._points(self.ran[-1].points if self.ran else self.first_points, replies)
        self.positions.append(place)
        unmet = [] if reason else list(self._unmet(step, reply))
        said = sentence or write_step(with_changes(step, times=1))
        return Ran(step, at, said, reply, effects, reason, unmet, broken, points)

    def _points(self, before: list[Point], replies: list[Reply]) -> list[Point]:
        """What each chart shows where it stands, after these replies of a step."""
        return [
            drawing.after(point, self.world, self.position, replies)
            for drawing, point in zip(self._drawings, before, strict=True)
        ]

    def broken(self) -> str:
        """What should not be where it stands, in words; nothing where all is well."""
        found = self.world.broken(self.position)
        if found is None and self.world.automata.names and not self.world.actions(self.position):
            found = self.world.broken_at_the_end(self.position)
        if found is None:
            return ""
        return f"{self.world.names[found.client]}: {found.text}" if found.condition is None else found.text

    def _perform(self, step: Step, action: Action | None) -> tuple[Made | None, tuple[Effect, ...]]:
        """Do it, and answer the reply and what the client told of itself."""
        if action is not None:
            happened = self.world.perform(self.position, action)
            self.position = happened.position
            if action[0] == kinds.ADVANCE:
                self.at += action[1]
            edge = happened.edge
            return happened.made, () if edge is None else edge.effects
        client = self.world.connections.index(step.client)
        happened = self.world.command(self.position, client, self._argv(step))
        self.position = happened.position
        return happened.made, ()

    def about_to_say(self, step: Step) -> tuple[int, tuple[bytes, ...]] | None:
        """The number of the connection and the words of the command that a step would carry out now, if it would."""
        if step.kind in (kinds.COMMAND, kinds.CALL):
            return self.world.connections.index(step.client), self._argv(step)
        if step.kind not in (kinds.TURN, kinds.LOSE) or self._of_client(step)[0]:
            return None
        client = self.world.names.index(step.client)
        request = self.position.nodes[client].request
        return (client, request.argv) if request.kind == COMMAND else None

    def _argv(self, step: Step) -> tuple[bytes, ...]:
        """The words of a step that says them itself."""
        if step.kind == kinds.COMMAND:
            return step.words
        name, *words = step.words
        for code in self.scenario.scripts:
            if code.name.encode() == name:
                return (b"EVAL", code.source, b"%d" % len(step.keys), *step.keys, *words)
        return (b"FCALL", name, b"%d" % len(step.keys), *step.keys, *words)

    def _action(self, step: Step) -> tuple[str, Action | None]:
        """Why a step is not possible, or the action that it is; neither for a command of its own."""
        if step.kind in (kinds.COMMAND, kinds.CALL):
            return "", None
        if step.kind in (kinds.TURN, kinds.LOSE, kinds.DIE, kinds.PAUSE, kinds.BACK):
            return self._of_client(step)
        ttls = self.position.state.ttls
        if step.kind in (kinds.BEFORE_EXPIRY, kinds.AT_EXPIRY, kinds.AFTER_EXPIRY):
            if not ttls:
                return "no key expires", None
            beside = {kinds.BEFORE_EXPIRY: -1, kinds.AT_EXPIRY: 0, kinds.AFTER_EXPIRY: 1}[step.kind]
            return "", (kinds.ADVANCE, max(ttls[0] + beside, 0))
        if step.kind == kinds.EVICT:
            place = (0, step.words[0])
            is_there = place in self.position.state.entries
            return ("", (step.kind, place)) if is_there else (f"there is no key {printed(step.words[0])}", None)
        what = step.amount if step.kind in (kinds.ADVANCE, kinds.FAILOVER) else None
        return "", (step.kind, what)

    def _of_client(self, step: Step) -> tuple[str, Action | None]:
        name, position = step.client, self.position
        client = self.world.names.index(name)
        node = position.nodes[client]
        is_away = position.paused >> client & 1
        if node.is_over:
            return f"{name} has ended", None
        if step.kind == kinds.BACK:
            return ("", (step.kind, client)) if is_away else (f"{name} is not away", None)
        if is_away:
            return f"{name} is away", None
        if step.kind in (kinds.TURN, kinds.LOSE) and position.wakes[client] > 0:
            return f"{name} sleeps for {position.wakes[client]} ms more", None
        if step.kind == kinds.LOSE and node.kind != COMMAND:
            return f"{name} waits for no reply", None
        return "", (step.kind, client)

    def _sentence(self, step: Step, action: Action | None) -> str:
        """What is about to happen, for a person."""
        name = step.client
        if action is None:
            return write_step(with_changes(step, times=1))
        if step.kind not in (kinds.TURN, kinds.LOSE):
            return f"{action[1]} ms pass" if action[0] == kinds.ADVANCE else write_step(with_changes(step, times=1))
        request = self.position.nodes[action[1]].request
        lost = "; the reply is lost" if step.kind == kinds.LOSE else ""
        if request.kind == COMMAND:
            is_call = request.argv[0] in (b"EVAL", b"FCALL") and not request.text.startswith(("EVAL", "FCALL"))
            return f"{name} calls {request.text}{lost}" if is_call else f"{name}: {request.text}{lost}"
        if request.kind == NOW:
            return f"{name} looks at its clock"
        return f"{name} wakes" if request.kind == SLEEP else f"{name} goes on"

    def _unmet(self, step: Step, reply: str) -> Iterator[Unmet]:
        ask = partial(self.ask, self.position.state)
        if step.reply and visible("\n".join(step.reply)) != visible(reply):
            yield Unmet("reply", "\n".join(step.reply), reply)
        for key, lines in step.values:
            got = print_value(ask, key)
            if visible("\n".join(lines)) != visible(got):
                yield Unmet(f"key {printed(key)}", "\n".join(lines), got)

    def ask(self, state: State, argv: list[bytes]) -> bytes:
        """What a command that changes nothing replies in a state, as RESP bytes."""
        return encode(self.world.keyspaces.read(state, argv)[0], 2)


def _said_effect(effect: Effect) -> str:
    kind, text = effect
    return f"enters {text}" if kind == ENTER else f"leaves {text}" if kind == LEAVE else f"notes {text}"


def run_steps(scenario: Scenario, seed: int = 0) -> list[Ran]:
    """All steps of a scenario; without any, its clients go on in turn until all have ended."""
    return run_to_end(scenario, seed).ran


def run_to_end(scenario: Scenario, seed: int = 0) -> Runner:
    """A scenario that has gone through all of these steps. Where there is none, what should not be may be so all the
    same: a program fails before its first call."""
    runner = Runner(scenario, seed)
    while (step := next_step(runner)) is not None:
        runner.step(step)
    return runner


def next_step(runner: Runner) -> Step | None:
    """What comes next: the scenario's next step; where it has none of its own, the next turn of the first client that
    can go on, up to what is broken. None where nothing does."""
    steps, done = runner.scenario.steps, len(runner.ran)
    if steps:
        return steps[done] if done < len(steps) else None
    if done == MOST_TURNS or (runner.ran and runner.ran[-1].broken):
        return None
    actions = runner.world.actions(runner.position)
    own = [action for action in actions if action[0] in (kinds.TURN, kinds.BACK)]
    return step_of(runner.world, (own or actions)[0]) if actions else None


MOST_TURNS: Final = 10_000
"""Steps of a scenario that has none of its own."""
