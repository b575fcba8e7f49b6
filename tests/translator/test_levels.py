"""Taking a traceback apart is carried out whole: the rest of a long chain, freed at once, kills a browser's Python."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

import pytest

from ferrous_vm.interrupts import Interrupts, anywhere
from ferrous_vm.translator.levels import MOST_NESTED, forget_traceback


def _call(level: int) -> None:
    if level:
        _call(level - 1)
    raise RecursionError


class _InterruptAmid:
    """A tracer that interrupts at the hundredth line of `forget_traceback`."""

    def __init__(self) -> None:
        self.lines = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code is not forget_traceback.__code__:
            return None
        self.lines += 1
        if self.lines == 100:
            signal.raise_signal(signal.SIGINT)
        return self


def _forget_interrupted(error: BaseException) -> None:
    before = signal.getsignal(signal.SIGINT)
    Interrupts(anywhere).listen()
    sys.settrace(_InterruptAmid())
    try:
        forget_traceback(error)
    finally:
        sys.settrace(None)
        sys.setprofile(None)
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_until_a_traceback_is_taken_apart() -> None:
    with pytest.raises(RecursionError) as caught:
        _call(MOST_NESTED)
    error = caught.value
    with pytest.raises(KeyboardInterrupt):
        _forget_interrupted(error)
    assert error.__traceback__ is None
