"""Names with a hash tag in common, so that a cluster keeps all keys of a script in one slot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ferrous_vm.keyspace.slots import hash_tag, slot_of

_SEGMENTS: Final = re.compile(rb"[^:/|.#]+")
"""What people separate the parts of a key by."""


def in_one_slot(keys: Sequence[bytes]) -> list[bytes]:
    """The names in their order, with a tag that puts all of them into one slot; as they are if they are in one.

    The tag is one that a key has already, or else a part that all names have, or else the first name.
    """
    if len({slot_of(key) for key in keys}) <= 1:
        return list(keys)
    tags = {tag for tag in map(hash_tag, keys) if tag is not None}
    if len(tags) == 1:
        return _before(keys, tags.pop())
    plain = not any(b"{" in key or b"}" in key for key in keys)
    shared = _shared_part(keys) if plain else b""
    if shared:
        return [_marked(key, shared) for key in keys]
    first = next((key for key in keys if key and b"}" not in key and b"{" not in key), b"keys")
    return _before(keys, first)


def _shared_part(keys: Sequence[bytes]) -> bytes:
    """The beginning that all names have, up to the end of a part of theirs; or else the longest part that all have."""
    beginnings = [_beginnings(key) for key in keys]
    common = [one for one in beginnings[0] if all(one in others for others in beginnings[1:])]
    if common:
        return max(common, key=len)
    parts = [_SEGMENTS.findall(key) for key in keys]
    shared = [one for one in parts[0] if all(one in others for others in parts[1:])]
    return max(shared, key=len, default=b"")


def _beginnings(key: bytes) -> list[bytes]:
    return [key[: found.end()] for found in _SEGMENTS.finditer(key)]


def _marked(key: bytes, part: bytes) -> bytes:
    """The name with braces around the part, where it stands as a whole."""
    at = 0 if part in _beginnings(key) else next(
        found.start() for found in _SEGMENTS.finditer(key) if found[0] == part
    )  # fmt: skip
    return b"%b{%b}%b" % (key[:at], part, key[at + len(part) :])


def _before(keys: Sequence[bytes], tag: bytes) -> list[bytes]:
    """The tag before each name that has it not; instead of a name that is the tag itself.

    Once more before a name that another has already, so that different keys stay different.
    """
    names = {key: key for key in keys if hash_tag(key) == tag}
    taken = set(names)
    for key in keys:
        if key not in names:
            name = b"{%b}" % tag if key == tag else b"{%b}:%b" % (tag, key)
            while name in taken:
                name = b"{%b}:%b" % (tag, name)
            names[key] = name
            taken.add(name)
    return [names[key] for key in keys]
