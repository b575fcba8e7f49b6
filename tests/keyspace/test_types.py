"""Lists, sets and sorted sets beside simple models: content, encoding, undo and the diff of their elements."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.journal import ElementChange
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import LexBound, LexRange, ScoreRange, ShortRanks, SortedSet
from tests.keyspace.dry_runs import dry_run
from tests.keyspace.snapshots import snapshot

quickly = settings(max_examples=200, deadline=None)


class Recordings:
    """Stands where the database's recorder stands, and keeps what primitives record."""

    def __init__(self) -> None:
        self.records: list[tuple[Any, tuple[Any, ...]]] = []

    def record(self, undo: Any, *arguments: Any) -> None:
        self.records.append((undo, arguments))

    record_unseen = record

    def undo_all(self) -> None:
        for undo, arguments in reversed(self.records):
            undo(*arguments)


list_steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["push_head", "push_tail", "pop_head", "pop_tail", "drop_head", "drop_tail", "set", "insert", "delete"]
        ),
        st.integers(0, 40),
        st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=4),
    ),
    max_size=30,
)


def step_list(values: List, model: list[bytes], action: str, number: int, words: list[bytes]) -> None:
    """One primitive on the list, and the same on a plain Python list."""
    size = len(model)
    index = number % size if size else 0
    match action:
        case "push_head":
            values.push_head(words)
            model[:0] = reversed(words)
        case "push_tail":
            values.push_tail(words)
            model.extend(words)
        case "insert":
            values.insert(index, words[0])
            model.insert(index, words[0])
        case _ if not size:
            return
        case "pop_head":
            assert values.pop_head() == model.pop(0)
        case "pop_tail":
            assert values.pop_tail() == model.pop()
        case "drop_head":
            values.drop_head(index)
            del model[:index]
        case "drop_tail":
            values.drop_tail(index)
            del model[size - index :]
        case "set":
            values.set(index, words[0])
            model[index] = words[0]
        case "delete":
            gone = list(range(index, size, len(words)))
            values.delete(gone)
            model[:] = [value for position, value in enumerate(model) if position not in gone]


@quickly
@given(st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=30), list_steps)
def test_a_list_behaves_as_a_plain_list_and_undoes_exactly(
    start: list[bytes], steps: list[tuple[str, int, list[bytes]]]
) -> None:
    values, model = List(start), start.copy()
    recorder = Recordings()
    values.recorder = recorder  # type: ignore[assignment]
    for step in steps:
        step_list(values, model, *step)
        assert list(values) == model
        assert list(reversed(values)) == model[::-1]
        assert [values[index] for index in range(len(model))] == model
        assert values.range(1, max(len(model) - 1, 1)) == model[1:-1]
    check_list_changes(start, model, values.element_changes([arguments for _, arguments in recorder.records]))
    recorder.undo_all()
    assert list(values) == start


def check_list_changes(before: list[bytes], after: list[bytes], changes: list[ElementChange]) -> None:
    """Taking out what went and putting in what came turns the old list into the new one."""
    gone = {index: old for index, old, new in changes if new is None}
    came = {index: new for index, old, new in changes if old is None}
    replaced = {index: (old, new) for index, old, new in changes if old is not None and new is not None}
    assert all(before[index] == old for index, old in gone.items())  # type: ignore[index]
    assert all(after[index] == new for index, new in came.items())  # type: ignore[index]
    kept = [value for index, value in enumerate(before) if index not in gone]
    rebuilt: list[bytes] = []
    for index in range(len(after)):
        if index in came:
            rebuilt.append(came[index])
            continue
        value = kept.pop(0)
        if index in replaced:
            assert replaced[index][0] == value
            value = replaced[index][1]
        rebuilt.append(value)
    assert rebuilt == after
    assert not kept


def test_a_list_of_many_deletions_is_copied() -> None:
    values = List(b"%d" % number for number in range(1000))
    values.push_head([b"x"] * 10)
    values.delete(range(0, 1010, 2))
    assert len(values) == 505
    assert values[5] == b"1"


members = st.sampled_from([b"a", b"b", b"1", b"2", b"-3", b"007", b"10", b""])
set_steps = st.lists(st.tuples(st.booleans(), members), max_size=40)


@quickly
@given(st.lists(members), set_steps)
def test_a_set_behaves_as_a_plain_set_and_undoes_in_place(start: list[bytes], steps: list[tuple[bool, bytes]]) -> None:
    values = Set(Thresholds(set_intset_entries=4), start)
    model, order, encoding = set(start), values.members(), values.encoding()
    recorder = Recordings()
    values.recorder = recorder  # type: ignore[assignment]
    for add, member in steps:
        assert (values.add if add else values.remove)(member) == ((member in model) != add)
        (model.add if add else model.discard)(member)
        assert set(values.members()) == model
        assert all(candidate in values for candidate in model)
        assert [values.member_at(position) for position in range(len(values))] == values.members()
        if values.encoding() == b"intset":
            assert values.members() == sorted(values.members(), key=int)
    changes = values.element_changes([arguments for _, arguments in recorder.records])
    assert {change.element for change in changes} == model ^ set(start)
    recorder.undo_all()
    assert (values.members(), values.encoding()) == (order, encoding)


scores = st.sampled_from([0.0, -0.0, 1.0, 1.5, -2.0, float("inf"), float("-inf")])
numbered = st.integers(0, 30).map(lambda number: b"m%d" % number)
sorted_set_steps = st.lists(st.tuples(st.sampled_from(["set", "remove", "span"]), numbered, scores), max_size=40)


@quickly
@given(st.integers(0, 3), sorted_set_steps)
def test_a_sorted_set_behaves_as_sorted_pairs_and_undoes_exactly(
    size: int, steps: list[tuple[str, bytes, float]]
) -> None:
    thresholds = Thresholds(zset_entries=size * 5)
    start = {b"m%d" % number: float(number % 3) for number in range(size * 3)}
    zset = SortedSet.of(thresholds, start)
    model, encoding = dict(start), zset.encoding()
    recorder = Recordings()
    zset.recorder = recorder  # type: ignore[assignment]
    for action, member, score in steps:
        if action == "set":
            zset.set(member, score)
            model[member] = score
        elif action == "remove":
            assert zset.remove(member) == (model.pop(member, None) is not None)
        else:
            span = zset.score_span(ScoreRange(score, False, score, False))
            for gone_score, gone in zset.remove_span(span):
                assert model.pop(gone) == gone_score
        assert zset.scores == model
        assert list(zset.ranks) == sorted((score, member) for member, score in model.items())
    changes = zset.element_changes([arguments for _, arguments in recorder.records])
    assert {change.element for change in changes} == {
        member for member in model.keys() | start.keys() if model.get(member) != start.get(member)
    }
    recorder.undo_all()
    assert (zset.scores, zset.encoding()) == (start, encoding)
    assert list(zset.ranks) == sorted((score, member) for member, score in start.items())


ends = st.sampled_from([LexBound(-1, b""), LexBound(1, b"")])
bounds = st.one_of(ends, st.binary(max_size=2).map(lambda member: LexBound(0, member)))


@quickly
@given(st.sets(st.binary(max_size=2), max_size=20), bounds, st.booleans(), bounds, st.booleans())
def test_a_range_of_equal_scores_is_the_members_between(
    found: set[bytes], low: LexBound, low_open: bool, high: LexBound, high_open: bool
) -> None:
    zset = SortedSet.of(Thresholds(), dict.fromkeys(found, 1.0))
    wanted = LexRange(low, low_open, high, high_open)
    expected = [member for member in sorted(found) if wanted.above_low(member) and wanted.below_high(member)]
    assert [member for _, member in zset.pairs(zset.lex_span(wanted))] == expected


@quickly
@given(st.lists(st.floats(allow_nan=False), max_size=30), st.floats(allow_nan=False), st.floats(allow_nan=False),
       st.booleans(), st.booleans())  # fmt: skip
def test_a_range_of_scores_is_the_members_between(
    found: list[float], low: float, high: float, low_open: bool, high_open: bool
) -> None:
    zset = SortedSet.of(Thresholds(), {b"m%02d" % index: score for index, score in enumerate(found)})
    span = zset.score_span(ScoreRange(low, low_open, high, high_open))
    inside = [
        score
        for score in found
        if (low < score if low_open else low <= score) and (score < high if high_open else score <= high)
    ]
    assert sorted(score for score, _ in zset.pairs(span)) == sorted(inside)


def test_a_stored_result_that_grows_leaves_the_plain_list() -> None:
    zset = SortedSet.of(Thresholds(), {b"m%d" % number: 0.0 for number in range(512)})
    assert isinstance(zset.ranks, ShortRanks)
    zset.set(b"one more", 0.0)
    assert not isinstance(zset.ranks, ShortRanks)
    assert len(zset.ranks) == 513


def test_many_pairs_move_to_a_sorted_list_and_back_by_undo() -> None:
    keyspace = Keyspace()
    session = Session(keyspace)
    for number in range(500):
        execute(session, [b"ZADD", b"z", b"%d" % (number % 7), b"m%d" % number])
    before = snapshot(keyspace)
    with dry_run(keyspace):
        for number in range(500, 3000):
            execute(session, [b"ZADD", b"z", b"%d" % (number % 7), b"m%d" % number])
        snapshot(keyspace)
        execute(session, [b"ZREMRANGEBYRANK", b"z", b"10", b"-10"])
        snapshot(keyspace)
    assert snapshot(keyspace) == before
