"""CLIENT TRACKING and what belongs to it (networking.c `clientCommand`); what it does is in `server/tracking.py`."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE, INTEGER, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.followed import tracking_of
from ferrous_vm.keyspace.replies import OK, ErrorReply, MapReply, Reply, SetReply, Several
from ferrous_vm.keyspace.session import Session, Tracking

_PREFIX_WITHOUT_BCAST: Final = b"ERR PREFIX option requires BCAST mode to be enabled"
_OPTS_WITH_BCAST: Final = b"ERR OPTIN and OPTOUT are not compatible with BCAST"
_OPTIN_AND_OPTOUT: Final = b"ERR You can't specify both OPTIN mode and OPTOUT mode"
_NO_REDIRECT: Final = b"ERR The client ID you want redirect to does not exist"
_TWO_REDIRECTS: Final = b"ERR A client can only redirect to a single other client"
_BCAST_SWITCH: Final = (
    b"ERR You can't switch BCAST mode on/off before disabling tracking for this client, "
    b"and then re-enabling it with a different mode."
)
_OPT_SWITCH: Final = (
    b"ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, "
    b"and then re-enabling it with a different mode."
)
_OVERLAP: Final = b"ERR Prefix '%b' overlaps with %b prefix '%b'. Prefixes for a single client must not overlap."
_CACHING: Final = (
    b"ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
)


def _tracking_options(session: Session, argv: list[bytes]) -> Tracking:
    """The options after ON or OFF, read in `clientCommand`'s order."""
    wanted = Tracking()
    position = 3
    while position < len(argv):
        option = keyword(argv[position])
        more = position + 1 < len(argv)
        if option == b"redirect" and more:
            position += 1
            if wanted.redirect:
                raise CommandError(_TWO_REDIRECTS, argv[position], INTEGER)
            wanted.redirect = integer(argv[position])
            if wanted.redirect not in session.keyspace.clients:
                raise CommandError(_NO_REDIRECT, argv[position], INTEGER)
        elif option == b"prefix" and more:
            position += 1
            wanted.prefixes.append(argv[position])
        elif option in (b"bcast", b"optin", b"optout", b"noloop"):
            setattr(wanted, option.decode(), True)
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    return wanted


def _check_tracking(current: Tracking | None, wanted: Tracking) -> ErrorReply | None:
    """Raise CommandError for options that do not go together; answers an error beside which tracking begins."""
    if wanted.prefixes and not wanted.bcast:
        raise CommandError(_PREFIX_WITHOUT_BCAST)
    if current is not None and current.bcast != wanted.bcast:
        raise CommandError(_BCAST_SWITCH)
    if wanted.bcast and (wanted.optin or wanted.optout):
        raise CommandError(_OPTS_WITH_BCAST)
    if wanted.optin and wanted.optout:
        raise CommandError(_OPTIN_AND_OPTOUT)
    if current is not None and ((wanted.optin and current.optout) or (wanted.optout and current.optin)):
        raise CommandError(_OPT_SWITCH)
    return _check_prefixes([] if current is None else current.prefixes, wanted.prefixes)


def _check_prefixes(existing: list[bytes], wanted: list[bytes]) -> ErrorReply | None:
    """No prefix may begin with another (`checkPrefixCollisionsOrReply`), which is said in vain where it is not the
    first of those provided that does."""
    for position, prefix in enumerate(wanted):
        for other in existing:
            if prefix.startswith(other) or other.startswith(prefix):
                raise CommandError(_OVERLAP % (prefix, b"an existing", other))
        for other in wanted[position + 1 :]:
            if prefix.startswith(other) or other.startswith(prefix):
                sentence = _OVERLAP % (prefix, b"another provided", other)
                if position:
                    return ErrorReply(sentence)
                raise CommandError(sentence)
    return None


@command("CLIENT|TRACKING")
def tracking(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT TRACKING ON | OFF [REDIRECT id] [PREFIX prefix ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]"""
    wanted = _tracking_options(session, argv)
    switch = keyword(argv[2])
    if switch == b"on":
        overlap = _check_tracking(session.tracking, wanted)
        if overlap is not None and session.keyspace.profile.overlaps_are_refused:
            return overlap
        tracking_of(session.keyspace).enable(session, wanted)
        if overlap is not None:
            row = session.find_command(argv)
            assert row is not None
            session.statistics.fail(row, overlap)
            return Several((overlap, OK))
    elif switch == b"off":
        if session.tracking is not None:
            tracking_of(session.keyspace).disable(session)
    else:
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    return OK


@command("CLIENT|CACHING")
def caching(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT CACHING YES | NO"""
    state = session.tracking
    if state is None:
        raise CommandError(_CACHING)
    choice = keyword(argv[2])
    if choice == b"yes" and not state.optin:
        raise CommandError(b"ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
    if choice == b"no" and not state.optout:
        raise CommandError(b"ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
    if choice not in (b"yes", b"no"):
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    state.caching = True
    return OK


@command("CLIENT|GETREDIR")
def getredir(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT GETREDIR"""
    return -1 if session.tracking is None else session.tracking.redirect


@command("CLIENT|TRACKINGINFO")
def trackinginfo(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT TRACKINGINFO"""
    state = session.tracking
    flags = [b"off"]
    if state is not None:
        flags = [b"on"]
        for name, is_set in (
            (b"bcast", state.bcast),
            (b"optin", state.optin),
            (b"caching-yes", state.optin and state.caching),
            (b"optout", state.optout),
            (b"caching-no", state.optout and state.caching),
            (b"noloop", state.noloop),
            (b"broken_redirect", state.is_broken),
        ):
            flags += [name] if is_set else []
    return MapReply([
        (b"flags", SetReply(flags)),
        (b"redirect", -1 if state is None else state.redirect),
        (b"prefixes", [] if state is None else list(state.prefixes)),
    ])  # fmt: skip
