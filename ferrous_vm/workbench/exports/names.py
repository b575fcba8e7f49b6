"""A name that means nothing else in the program that uses it.

What is called "Return", "Class" or "Client" is given a verb: `runReturn`. Taken are the words that a language reserves,
the members that a client has already, and every word of the program itself, which is written for an empty call to see.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from typing import Final

from ferrous_vm.keyspace.command_table import TABLE
from ferrous_vm.records import with_changes
from ferrous_vm.workbench.exports.call import NamedCall

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACEHOLDER: Final = "zzz placeholder"
_VERB: Final = "run"


def _words(text: str) -> frozenset[str]:
    return frozenset(map(_plain, text.split()))


def _plain(word: str) -> str:
    """A word as it is compared: one that differs in case or in underscores alone is confused with it all the same."""
    return word.replace("_", "").lower()


_JAVASCRIPT = _words(
    """arguments async await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function get if implements import in instanceof interface let new null of package
    private protected public return set static super switch this throw true try typeof undefined var void while
    with yield"""
)
_JAVA = _words(
    """abstract assert boolean break byte case catch char class const continue default do double else enum extends
    false final finally float for goto if implements import instanceof int interface long native new null package
    permits private protected public record return sealed short static strictfp super switch synchronized this
    throw throws transient true try var void volatile when while yield"""
)

RESERVED: Final[dict[str, frozenset[str]]] = {
    "": frozenset(),
    "c#": _words(
        """abstract as base bool break byte case catch char checked class const continue decimal default delegate do
        double else enum event explicit extern false finally fixed float for foreach goto if implicit in int
        interface internal is lock long namespace new null object operator out override params private protected
        public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true
        try typeof uint ulong unchecked unsafe ushort using virtual void volatile while var dynamic record await
        async field nameof"""
    ),
    "go": _words(
        """break case chan const continue default defer else fallthrough for func go goto if import init interface map
        package range return select struct switch type var"""
    ),
    "java": _JAVA,
    "javascript": _JAVASCRIPT,
    "ioredis": _JAVASCRIPT
    | frozenset(name.decode() for name in TABLE)
    | _words(
        """add_listener auto_pipeline_queue_size call call_buffer catch condition connect connector constructor
        create_builtin_command custom_commands define_command disconnect duplicate emit end event_names finally
        flush_queue get_builtin_commands get_max_listeners handle_reconnection has_own_property hash
        is_prototype_of is_cluster listener_count listeners manually_closing mode multi off offline_queue on once
        options pipeline prepend_listener prepend_once_listener property_is_enumerable raw_listeners
        remove_all_listeners remove_listener scan_stream scripts_set send_command set_max_listeners set_status
        silent_emit sscan_stream hscan_stream zscan_stream status stream then to_locale_string to_string value_of"""
    ),
    "php": _words("this"),
    "python": frozenset(map(_plain, [*keyword.kwlist, *keyword.softkwlist])),
    "ruby": _words(
        """alias and begin break case class def defined do else elsif encoding end ensure false file for if in line
        module next nil not or redo rescue retry return self super then true undef unless until when while yield"""
    ),
    "rust": _words(
        """abstract as async await become box break const continue crate do dyn else enum extern false final fn for
        gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super
        trait true try type typeof union unsafe unsized use virtual where while yield"""
    ),
}
"""Words, without underscores and in lower case, that no name may be: of each language, and of ioredis, whose scripts
become members of the client."""


def named_apart(call: NamedCall, write: Callable[[NamedCall], str], language: str) -> NamedCall:
    """`call` under a name of its own in the program that `write` makes of it. `language` is a row of RESERVED."""
    empty = with_changes(call, name=_PLACEHOLDER, script=b"", keys=[], argv=[], function=b"")
    taken = RESERVED[language].union(map(_plain, _WORD.findall(write(empty))))
    return with_changes(call, name=f"{_VERB} {call.snake_name}") if _plain(call.snake_name) in taken else call
