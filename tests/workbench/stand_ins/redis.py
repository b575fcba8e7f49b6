"""Stands in for redis-py: tells what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable


class Redis:
    """A client whose scripts answer their own call as JSON."""

    def register_script(self, script: bytes | str) -> Callable[..., str]:
        """A script to be called with keys and args."""

        def call(keys: list[bytes | str], args: list[bytes | str]) -> str:
            return json.dumps({"script": _hex(script), "keys": [*map(_hex, keys)], "args": [*map(_hex, args)]})

        return call

    def function_load(self, code: bytes | str, replace: bool) -> None:
        """A library of functions, to be called next."""
        assert replace
        self.library = code

    def fcall(self, function: bytes | str, numkeys: int, *values: bytes | str) -> str:
        """The call of a function."""
        told = {"script": self.library, "function": function}
        keys, args = values[:numkeys], values[numkeys:]
        called = {name: _hex(value) for name, value in told.items()}
        return json.dumps({**called, "keys": [*map(_hex, keys)], "args": [*map(_hex, args)]})


def _hex(value: bytes | str) -> str:
    return (value if isinstance(value, bytes) else value.encode()).hex()
