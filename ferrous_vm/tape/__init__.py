"""Calls of scripts as they came from a program: each with what it read and wrote, so that it can be made once more."""

from __future__ import annotations

from ferrous_vm.tape.tape import Tape
from ferrous_vm.tape.taped import Taped

__all__ = ["Tape", "Taped"]
