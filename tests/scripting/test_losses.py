"""Where a script's result loses something on its way to the client."""

from __future__ import annotations

from typing import Any

import pytest

from ferrous_vm.scripting.losses import LossKind, losses
from ferrous_vm.server import Server
from ferrous_vm.values.lost import Lost

K = LossKind

CASES: list[tuple[bytes, list[tuple[LossKind, str, str]]]] = [
    (b"return 'text'", []),
    (b"return {1, 2, {3, 'x'}}", []),
    (b"return nil", []),
    (b"return 3.5", [(K.FRACTION, "", "3.5")]),
    (b"return {1, {2.25}}", [(K.FRACTION, "[2][1]", "2.25")]),
    (b"return 2^63", [(K.RANGE, "", "9.2233720368548e+18")]),
    (b"return 0/0", [(K.RANGE, "", "-nan")]),
    (b"return {true, false}", [(K.TRUE, "[1]", "true"), (K.FALSE, "[2]", "false")]),
    (b"return {1, nil, 3}", [(K.HOLE, "[3]", "3")]),
    (b"return {a = 1}", [(K.FIELDS, ".a", "1")]),
    (b"return {1, ['a b'] = {}, [0] = 2, [1.5] = 3}",
     [(K.FIELDS, '["a b"]', "{}"), (K.FIELDS, "[1.5]", "3"), (K.FIELDS, "[0]", "2")]),
    (b"return {ok = 'fine', more = 1}", [(K.STRUCTURE, ".more", "1")]),
    (b"return {err = 'E x', ok = 'y'}", [(K.STRUCTURE, ".ok", '"y"')]),
    (b"return {ok = 'a\\nb'}", [(K.LINE_BREAK, ".ok", '"a\\10b"')]),
    (b"return {err = 'E x\\r\\n'}", []),
    (b"return {err = 'E x\\0y'}", [(K.NUL, ".err", '"E x\\0y"')]),
    (b"return {double = 1.5}", []),
    (b"return {map = {a = 1.5}}", [(K.FRACTION, ".map.a", "1.5")]),
    (b"return {set = {[1.5] = true}}", [(K.FRACTION, ".set[1.5]", "1.5")]),
    (b"local t = {} t[1] = t return t", [(K.CYCLE, "[1]", "{...}")]),
    (b"return {{{{}}}}", []),
]  # fmt: skip


class Kept:
    """An observer that keeps the result of the last script."""

    result: Any = None

    def command_ended(self, issued: Any) -> None:
        """Not of interest."""

    def arguments_refused(self, arguments: Any, line: Any, message: Any) -> None:
        """Not of interest."""

    def script_ended(self, results: Any, protocol: int, line: int | None) -> None:
        self.result = results[0] if results else None

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        pass

    def script_stopped(self, stack: Any) -> None:
        """Not of interest."""


def result_of(script: bytes) -> Any:
    server = Server()
    kept = server.scripting.observer = Kept()
    server.connect().execute(b"EVAL", script, b"0")
    return kept.result


@pytest.mark.parametrize(("script", "expected"), CASES, ids=lambda value: repr(value)[:40])
def test_losses_of_a_result(script: bytes, expected: list[tuple[LossKind, str, str]]) -> None:
    assert [tuple(loss) for loss in losses(result_of(script))] == expected


def test_a_function_becomes_nil() -> None:
    ((kind, path, value),) = losses(result_of(b"return {print_ = 1, redis.call}")[1.0])
    assert (kind, path) == (K.TYPE, "")
    assert value.startswith("function: 0x")


def test_booleans_survive_setresp_3() -> None:
    assert losses(result_of(b"return {true, false}"), 3) == []


def test_no_more_is_told_than_asked_for() -> None:
    assert len(losses(result_of(b"local t = {} for i = 1, 1000 do t[i] = 0.5 end return t"), most=7)) == 7
