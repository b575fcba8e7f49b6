"""HOTKEYS of Redis 8.6 (hotkeys.c): accesses of keys are not sampled, so there is never anything to show."""

from __future__ import annotations

from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session


@command("HOTKEYS|GET", "HOTKEYS|STOP")
def get(session: Session, argv: list[bytes]) -> Reply:
    """HOTKEYS GET or STOP: nothing is being tracked"""
    return None


@command("HOTKEYS|RESET")
def reset(session: Session, argv: list[bytes]) -> Reply:
    """HOTKEYS RESET"""
    return OK


@command("HOTKEYS|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """HOTKEYS HELP"""
    return subcommand_help(session, b"HOTKEYS", ())
