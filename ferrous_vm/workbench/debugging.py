"""Debugging one script at a time on the workbench's keyspace (contract.Debug and its kin).

The page's own copy of the keyspace hears nothing before the end: whatever happens to the worker meanwhile, the keyspace
is then as it was before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from ferrous_vm import engines
from ferrous_vm.errors import CommandError, HandleError, LuaSyntaxError
from ferrous_vm.keyspace.replies import ErrorReply, encode
from ferrous_vm.machine.setting import Setting, Typed
from ferrous_vm.records import Record, with_changes
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.scripting.host import SCRIPT_CHUNK
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.workbench import changes, reply_views
from ferrous_vm.workbench.beginnings import LastRun
from ferrous_vm.workbench.breakpoints import SEARCH_STOPPED, Hits, hit_list, plain_lines, said_at, stops_of
from ferrous_vm.workbench.calls import QUOTED_WORD, connect, order_of, read_call, seed_of
from ferrous_vm.workbench.cluster_calls import leave_cluster, node_of
from ferrous_vm.workbench.debugged_calls import session_of
from ferrous_vm.workbench.error_explanations import explanation
from ferrous_vm.workbench.escapes import FieldError
from ferrous_vm.workbench.escapes import encode as encode_text
from ferrous_vm.workbench.lua_values import LuaValues
from ferrous_vm.workbench.once_more import (
    ANOTHER_CALL,
    ANOTHER_KEYSPACE,
    ANOTHER_TIME,
    WayBack,
    Which,
    run_meant,
)
from ferrous_vm.workbench.records.debugging import (
    CodeLines,
    Debug,
    DebugEnd,
    DebugEnded,
    DebugExpand,
    DebugHits,
    DebugMoment,
    DebugMove,
    DebugTimeline,
    LinesWithCode,
)
from ferrous_vm.workbench.records.keyspace import ChangeCounts
from ferrous_vm.workbench.records.problems import Failure, Problem
from ferrous_vm.workbench.records.running import ErrorExplanation
from ferrous_vm.workbench.runs import problem_of, stack_of
from ferrous_vm.workbench.timeline import Timeline
from ferrous_vm.workbench.told import Told
from ferrous_vm.workbench.watching import Watcher
from ferrous_vm.workbench.workbench import Workbench

T = TypeVar("T")

MOST_FRAMES = 30
"""Levels of the call stack that are shown."""

MOST_COMMANDS = 200
"""Commands shown, the last ones."""

LONGEST_PATIENCE = 3_600
"""Seconds of a recording, at most, before it is shown how far it has come."""

NOT_OPEN = "No script is being debugged: press Debug first."
RECORDING_STOPPED = "Stopped while it recorded the rest of the script: a move goes on with that."
STALE = "This value belongs to another moment or an earlier session: look at the variables again."


def _before_command(session: DebugSession, number: int) -> int:
    moments = session.command_moments
    return moments[number - 1] - 1 if 1 <= number <= len(moments) else session.last


def _before_log_line(session: DebugSession, number: int) -> int:
    moments = session.events.logged
    return moments[number - 1] - 1 if 1 <= number <= len(moments) else session.last


def _before_error(session: DebugSession, _: int) -> int:
    errors = session.errors
    return errors[-1].moment if errors else session.last


_PLACES: Final[dict[str, Callable[[DebugSession, int], int]]] = {
    "moment": lambda session, moment: moment,
    "command": _before_command,
    "log": _before_log_line,
    "error": _before_error,
}
"""Moves that lead to a place, wherever they begin: its moment."""


_COUNTED: Final[dict[str, Callable[[DebugSession], int]]] = {
    "moment": lambda session: session.last,
    "command": lambda session: len(session.command_moments),
    "log": lambda session: len(session.events.logged),
}
"""How many there are in what is recorded of what these lead to."""


class Former(NamedTuple):
    """What a session has to do with the last run: that, if it has its fixture, time and chance; whether it is that run
    once more; the seed; and what there is to say."""

    alike: LastRun | None
    is_again: bool
    seed: int
    note: str


class Opened(Record):
    """An open session, the workbench's marks before the fixture and before the script, and what was asked."""

    former: Former
    client: Any
    mark: int
    start: int
    request: Debug
    session: DebugSession
    values: LuaValues
    told: Told
    hits: Hits
    timeline: Timeline


def _leads_beyond(opened: Opened, request: DebugMove) -> bool | None:
    """Whether a move forwards may lead to what was not recorded yet; None where an interrupt ended the search for that.
    Ticks and errors are counted from the end, too."""
    if request.how in _COUNTED:
        return request.moment > _COUNTED[request.how](opened.session)
    if request.how in _PLACES or request.how == "tick":
        return True
    hits = stops_of(opened.hits.all(request.breakpoints))
    if opened.hits.is_interrupted:
        return None
    return opened.session.leads_beyond(request.how, plain_lines(request.breakpoints), hits)


Asked = Debug | DebugMove | DebugHits | DebugTimeline | DebugExpand | DebugEnd


def answer(workbench: Workbench, request: Asked) -> Any:
    """Whatever the debugger of `workbench` is asked."""
    if workbench.debugging is None:
        workbench.debugging = Debugging(workbench)
    return workbench.debugging.answer(request)


def ask(workbench: Workbench, act: Callable[[Opened], T]) -> T | Failure:
    """What `act` answers of the session that is open in `workbench` (`Debugging.ask`)."""
    debugging: Debugging | None = workbench.debugging
    return Failure(NOT_OPEN) if debugging is None else debugging.ask(act)


def code_lines(_: Workbench, request: CodeLines) -> LinesWithCode:
    """The lines on which a breakpoint may be reached."""
    try:
        body = body_of(encode_text(request.script))
        compiled = engines.compile_resolved(engines.resolve_source(body, SCRIPT_CHUNK))
    except LuaSyntaxError:
        return LinesWithCode([])
    return LinesWithCode(sorted(compiled.active_lines()))


class Debugging:
    """The debugger of a workbench."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench = workbench
        self.opened: Opened | None = None
        self.number = 0
        """Of the session."""
        self._way: WayBack | None = None
        """Back to the last run, where the session is that once more."""

    def answer(self, request: Asked) -> Any:
        """Answer a request. A session that is open is left at one of its moments by an interrupt of the workbench's
        `interrupts`; any other exception ends it, and all is as before it."""
        if isinstance(request, Debug):
            self.abandon()
            return self._guarded(lambda: self._open(request))
        if isinstance(request, DebugExpand):
            return self.ask(lambda opened: opened.values.expand(request.token, max(request.offset, 0)))
        if isinstance(request, DebugHits):
            return self.ask(lambda opened: hit_list(opened.session, opened.hits, request.breakpoints))
        if isinstance(request, DebugTimeline):
            return self.ask(lambda opened: opened.timeline.shown(request))
        if isinstance(request, DebugEnd):
            return self.ask(lambda opened: self._end(opened, request.take_back))
        opened = self.opened
        try:
            return self.ask(lambda opened: self._move(opened, request))
        except KeyboardInterrupt:
            if opened is None or self.opened is not opened:
                raise
            # The move was not begun yet.
            return self.ask(self.show_moment)

    def ask(self, act: Callable[[Opened], T]) -> T | Failure:
        """The result of `act`, which is given the session that is open. Interrupts of the workbench are held, and come
        too late when it is done; whatever else ends it half done ends the session, and all is as before that."""
        opened = self.opened
        if opened is None:
            return Failure(NOT_OPEN)
        has_begun = False
        results: list[T] = []

        def begin() -> None:
            nonlocal has_begun
            has_begun = True
            results.append(act(opened))

        try:
            self.workbench.interrupts.hold(begin)
            self.workbench.interrupts.held = True
        except HandleError:
            return Failure(STALE)
        except FieldError:
            raise
        except BaseException:
            if not results:
                if has_begun:
                    self.abandon()
                raise
        return results[0]

    def abandon(self) -> None:
        """Ends the session if one is open; all is as before it. What was interrupted is done again."""
        opened = self.opened
        if opened is None:
            return
        try:
            self.workbench.interrupts.hold(lambda: self._abandon(opened))
        except BaseException:
            self._abandon(opened)
            raise

    def _abandon(self, opened: Opened) -> None:
        if self._is_there:
            opened.session.abandon()
            self._give_back(opened.mark)
        self.opened = None
        opened.client.session.close()

    @property
    def _is_there(self) -> bool:
        """Whether what a session changed is still to be given back: the way back is gone once."""
        return self._way is None or self._way.is_open

    def _give_back(self, mark: int) -> None:
        """All is as it was before; may be done again, where it was interrupted."""
        if not self._is_there:
            return
        leave_cluster(self.workbench)
        self.workbench.take_back(mark)
        self._let_go()
        if self._way is not None:
            self._way.end()

    def _let_go(self) -> None:
        """What a session holds still goes on."""
        self.workbench.clock.stopped = None
        self.workbench.server.shuffle(None)

    def _guarded(self, act: Callable[[], DebugMoment]) -> DebugMoment:
        try:
            moment = act()
            self.workbench.interrupts.held = True  # it is open, or moved: what comes now comes too late
            return moment
        except BaseException:
            self.abandon()
            raise

    # The session

    def _open(self, request: Debug) -> DebugMoment:
        mark = self.workbench.begin()
        former = self._former(request)
        self._way = None
        try:
            if former.alike is not None and former.is_again:
                self._way = WayBack(self.workbench, former.alike.begun)
                mark = former.alike.begun.mark
            opened = self._begin(request, former, mark)
        except BaseException:
            if self.opened is None:
                self._give_back(mark)
            raise
        if isinstance(opened, DebugMoment):
            return opened
        return self.workbench.interrupts.hold(lambda: self._record(opened))

    def _former(self, request: Debug) -> Former:
        """What it has to do with the last run."""
        workbench = self.workbench
        if not request.again:
            return Former(None, False, seed_of(workbench, request.seed), "")
        last, which = run_meant(workbench, request)
        if last is None:
            return Former(None, False, seed_of(workbench, request.seed), ANOTHER_CALL)
        if which is Which.OTHER:
            return Former(None, False, seed_of(workbench, request.seed), ANOTHER_KEYSPACE)
        asks_time = b"time" in map(bytes.lower, QUOTED_WORD.findall(encode_text(request.script)))
        note = ANOTHER_TIME if asks_time and request.clock is None else ""
        return Former(last, which is Which.SEEN, last.seed, note)

    def _begin(self, request: Debug, former: Former, mark: int) -> Opened | DebugMoment:
        """The session that is open now, or why there is nothing to debug. Whatever ends this, the caller takes back."""
        workbench = self.workbench
        call = read_call(request)
        node = node_of(request.cluster, request.node, call.keys)
        leave_cluster(workbench)
        try:
            # The time stands still, or TIME would answer something else whenever a moment is gone to again.
            workbench.clock.held = request.clock
            # It begins with a millisecond, which is what is told of it: so it can be recorded again.
            now = workbench.clock() if former.alike is None else round(former.alike.begun.time * 1_000_000)
            workbench.clock.stopped = (now if request.clock is not None else now // 1_000 * 1_000) / 1_000_000
            workbench.server.seed(former.seed)
            is_filled = former.is_again or not request.fresh
            problem = None if is_filled else workbench.carry_out(request.fixture, fresh=True)
            if former.alike is not None:
                workbench.server.random_state = former.alike.begun.random
            if problem is None:
                client = connect(workbench, call.protocol)
                workbench.keyspace.join(node)
                session = self._session(client, request, ())
        except CommandError as error:
            return self._refused(mark, former, "error", problem_of(encode(ErrorReply(error.message), 2)))
        if problem is not None:
            return self._refused(mark, former, "fixture", problem)
        self.number += 1
        start = int(workbench.journal.savepoint())
        self.opened = opened = Opened(former, client, mark, start, request, *self._asked_of(session))
        workbench.server.shuffle(order_of(request.shuffle, former.seed))
        return opened

    def _session(self, client: Any, request: Debug, settings: tuple[Setting | Typed, ...]) -> DebugSession:
        return session_of(self.workbench.server, client, read_call(request), self.workbench.interrupts, settings)

    def _asked_of(self, session: DebugSession) -> tuple[DebugSession, LuaValues, Told, Hits, Timeline]:
        """The session, and what answers for it."""
        hits = Hits(session)
        return session, LuaValues(self.number, session), Told(), hits, Timeline(session, hits)

    def record_again(self, opened: Opened, settings: tuple[Setting | Typed, ...]) -> Opened:
        """Another recording of the same call, in whose course `settings` are set, in the place of `opened`."""
        try:
            opened.session.abandon()
            self.number += 1
            session = self._session(opened.client, opened.request, settings)
            again = Opened(
                opened.former, opened.client, opened.mark, opened.start, opened.request, *self._asked_of(session)
            )
            self.opened = again
            session.record()
            return again
        except BaseException:
            self.abandon()
            raise

    def show_moment(self, opened: Opened) -> DebugMoment:
        """Where it stands, all of it."""
        return self._moment(opened, known=0)

    def _record(self, opened: Opened) -> DebugMoment:
        patience = opened.request.patience
        opened.session.record(patience=None if patience is None else min(patience, LONGEST_PATIENCE))
        return self._moment(opened, known=0)

    def _refused(self, mark: int, former: Former, outcome: Any, problem: Problem) -> DebugMoment:
        """There is nothing to debug; all is as before."""
        self._give_back(mark)
        nothing: Any = {name: [] for name in ("frames", "commands", "changes", "log", "stack")}
        return DebugMoment(
            number=0,
            outcome=outcome,
            problem=problem,
            moment=0,
            last=0,
            ended="script",
            finished=False,
            line=None,
            depth=0,
            stopped="",
            commands_omitted=0,
            commands_issued=0,
            commands_total=0,
            last_change=None,
            changed=ChangeCounts(0, 0, 0),
            log_omitted=0,
            reply=None,
            explanation=None,
            now=self.workbench.now(),
            keys=self.workbench.count_keys(),
            seed=former.seed,
            again=False,
            note="",
            **nothing,
        )

    def _end(self, opened: Opened, takes_back: bool) -> DebugEnded:
        if takes_back or opened.former.is_again or not opened.session.finished:
            self.abandon()
            return DebugEnded(False, self.workbench.state([]))
        opened.session.end()
        self.opened = None
        self._let_go()
        leave_cluster(self.workbench)
        opened.client.session.close()
        if opened.start > opened.mark:
            self.workbench.remember("fixture", opened.mark)
        self.workbench.end("run", opened.start)
        return DebugEnded(True, self.workbench.state_since(opened.mark))

    def _move(self, opened: Opened, request: DebugMove) -> DebugMoment:
        session = opened.session
        stopped = ""
        if request.how == "record":
            opened = self._record_on(opened, min(max(request.moment, 0), LONGEST_PATIENCE * 1000) / 1000)
        elif request.how in _PLACES:
            opened, _ = self._record_towards(opened, request)  # interrupted, it leads as far as it can
            session.go_to(_PLACES[request.how](session, request.moment))
        elif request.how == "tick":
            opened, stopped = self._record_towards(opened, request)
            if not stopped:
                moment, stopped = opened.timeline.tick(request)
                session.go_to(moment)
        else:
            opened, stopped = self._move_to_stop(opened, request)
        return self._moment(opened, request.known, stopped)

    def _move_to_stop(self, opened: Opened, request: DebugMove) -> tuple[Opened, str]:
        """The session, and what is said of where it is now. Where it stops next is not known before all breakpoints
        were looked for, in all of the script that it may lead to: one interrupt meanwhile, and it stays."""
        opened, stopped = self._record_towards(opened, request)
        if stopped:
            return opened, stopped
        session, found = opened.session, opened.hits.all(request.breakpoints)
        if opened.hits.is_interrupted:
            return opened, SEARCH_STOPPED
        session.move(request.how, request.backwards, plain_lines(request.breakpoints), stops_of(found))
        return opened, said_at(found, session.moment)

    def _record_towards(self, opened: Opened, request: DebugMove) -> tuple[Opened, str]:
        """What a move needs of the script is recorded; and what is to be said where an interrupt has ended that."""
        if not opened.session.pauses or request.backwards:
            return opened, ""
        is_beyond = _leads_beyond(opened, request)
        if is_beyond is None:
            return opened, SEARCH_STOPPED
        if is_beyond:
            opened = self._record_on(opened, None)
        return opened, RECORDING_STOPPED if is_beyond and opened.session.pauses else ""

    def _record_on(self, opened: Opened, patience: float | None) -> Opened:
        """More of the script is recorded; what was found out of what there was is found out anew when it is asked."""
        session = opened.session
        if session.pauses:
            session.record_on(patience, self.workbench.host.is_full)
            hits = Hits(session)
            self.opened = opened = with_changes(opened, hits=hits, timeline=Timeline(session, hits))
        return opened

    # What is shown

    def _moment(self, opened: Opened, known: int, stopped: str = "") -> DebugMoment:
        session, told = opened.session, opened.told
        told.begin(known)
        reply = encode(session.reply(), opened.client.session.protocol) if session.finished else None
        view = None if reply is None else reply_views.view(reply)
        problem = problem_of(reply) if reply is not None and view is not None and view.is_error else None
        opened.values.begin_moment()
        omitted = max(0, len(session.issued) - MOST_COMMANDS)
        found = session.changes()
        log, log_omitted = told.log(session.log())
        return DebugMoment(
            number=told.number,
            outcome="open",
            problem=problem,
            moment=session.moment,
            last=session.last,
            ended=session.ended.value,
            finished=session.finished,
            line=session.line,
            depth=session.depth,
            stopped=stopped,
            frames=opened.values.frames(session.frames(MOST_FRAMES), session.depth),
            commands=told.commands(session.issued, omitted),
            commands_omitted=omitted,
            commands_issued=len(session.issued),
            commands_total=len(session.command_moments),
            last_change=told.last_change(len(session.issued), session.last_changes),
            changes=told.changes(found),
            changed=changes.counts(found),
            log=log,
            log_omitted=log_omitted,
            reply=view,
            explanation=self._explanation(opened, problem) if problem else None,
            stack=stack_of(session.stack()) if problem else [],
            now=self.workbench.now(),
            keys=self.workbench.count_keys(),
            seed=opened.former.seed,
            again=opened.former.is_again,
            note=opened.former.note,
        )

    def _explanation(self, opened: Opened, problem: Problem) -> ErrorExplanation:
        """The error the script ended with, in plain words."""
        call = read_call(opened.request)
        watcher = Watcher(call)
        for issued in opened.session.issued:
            watcher.command_ended(issued)
        watcher.refused = opened.session.refused
        return explanation(self.workbench, call, problem, watcher)
