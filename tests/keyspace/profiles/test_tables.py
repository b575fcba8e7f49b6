"""The recorded tables of every profile: whole, and what the server at hand tells."""

from __future__ import annotations

from importlib import import_module

import pytest

import ferrous_vm
from ferrous_vm.errors import StateError
from ferrous_vm.keyspace.command_table import REDIS_7_0
from ferrous_vm.keyspace.profiles import rows
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15
from ferrous_vm.keyspace.profiles.tables import merged
from ferrous_vm.keyspace.replies import ErrorReply, MapReply, Verbatim

COUNTS = {
    "redis-6.2": 224,
    "redis-7.0": 240,
    "redis-7.2": 241,
    "redis-7.4": 250,
    "redis-8.0": 265,
    "redis-8.2": 267,
    "redis-8.6": 275,
    "valkey-8.0": 241,
    "valkey-8.1": 242,
    "valkey-9.0": 254,
    "valkey-9.1": 257,
}
"""What COMMAND COUNT of the real servers answers."""


def client(profile: str) -> ferrous_vm.Client:
    return ferrous_vm.Server(profile=profile).connect()


def test_all_profiles_have_names() -> None:
    assert tuple(COUNTS) == ferrous_vm.PROFILES


@pytest.mark.parametrize("name", ferrous_vm.PROFILES)
def test_a_profile_has_its_commands(name: str) -> None:
    one = client(name)
    assert one.execute(b"COMMAND", b"COUNT") == COUNTS[name]
    if name == "redis-6.2":  # has no such subcommand
        return
    documents = one.execute(b"COMMAND", b"DOCS")
    assert isinstance(documents, MapReply)
    told = {key for key, _ in documents}
    assert profile_named(name).commands.by_name.keys() >= told


@pytest.mark.parametrize("name", ferrous_vm.PROFILES)
def test_every_section_of_info_is_told(name: str) -> None:
    text = client(name).execute(b"INFO", b"everything")
    assert isinstance(text, Verbatim)
    assert text.text.startswith(b"# Server\r\n")


def test_the_default_is_what_it_was() -> None:
    assert profile_named("redis-7.0").commands is REDIS_7_0
    assert ferrous_vm.Server().keyspace.profile is REDIS_7_0_15


def test_a_profile_there_is_not() -> None:
    with pytest.raises(StateError, match=r"the profile 'redis-9', expected one of redis-6\.2, "):
        ferrous_vm.Server(profile="redis-9")


def test_rows_that_are_the_same_are_shared_and_others_are_not() -> None:
    table = profile_named("redis-7.2").commands
    assert table.by_name[b"get"] is REDIS_7_0.by_name[b"get"]
    assert not table.by_name[b"blpop"].noscript
    assert REDIS_7_0.by_name[b"blpop"].noscript
    assert table.by_name[b"blpop"].number == REDIS_7_0.by_name[b"blpop"].number


def test_every_module_of_added_commands_registers_them() -> None:
    for name in ferrous_vm.PROFILES:
        for row in profile_named(name).commands.rows():
            if row.full_name.decode() in rows.NOT_OFFERED:
                assert row.handler is None, row
    placed = {name for names in rows.MODULES.values() for name in names.lower().split()}
    assert not placed & rows.NOT_OFFERED.keys()
    for module in rows.MODULES:
        import_module(f"ferrous_vm.keyspace.commands.{module}")


def test_parameters_are_those_of_the_server() -> None:
    assert client("redis-7.2").execute(b"CONFIG", b"GET", b"set-max-listpack-entries") == MapReply(
        [(b"set-max-listpack-entries", b"128")]
    )
    assert client("redis-7.0").execute(b"CONFIG", b"GET", b"set-max-listpack-entries") == MapReply()
    refused = client("redis-7.2").execute(b"CONFIG", b"SET", b"set-max-listpack-entries", b"x")
    assert isinstance(refused, ErrorReply)
    assert refused.message.endswith(b"argument couldn't be parsed into an integer")


def test_merge_patches() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None}, "d": [2], "e": {"f": 1}}) == {
        "a": {"c": 2},
        "d": [2],
        "e": {"f": 1},
    }
