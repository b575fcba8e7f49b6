"""A plugin for pytest: scripts that carry their expectations, and scenarios, are tests beside those in Python.

    pytest locks/                                           every *.scenario, and every *.lua with expectations
    pytest --ferrous-server redis-7.2,valkey-9.1            on each of these
    pytest --ferrous-budget 50000 --ferrous-seed 7          of scenarios that are explored; the seed of servers too
    pytest --ferrous-engine machine                         what runs the scripts

    def test_the_lock_expires(ferrous_redis, ferrous_clock):
        ferrous_redis.set("lock", "me", px=1000)
        ferrous_clock.advance(1001)
        assert ferrous_redis.get("lock") is None

The marker `@pytest.mark.ferrous(profile=…, engine=…, seed=…, shuffle=…)` gives a test its server's options; each option
of the command line has one of the ini file (`ferrous_server`, `ferrous_engine`, …), which it comes before. Further
servers and clients are made by `pytest_factories.py`. A call of a script with its expectations is an item, named by
its line: calls follow each other, so a file is carried out once a server, and each item is told what it has to know.

A scenario with steps is carried out; one without is explored, and what its budget does not reach fails too: a test
that was not carried out to its end has proved nothing. The plugin is found by pytest where Ferrous is installed
(`pytest11`), and imports of Ferrous what it needs once it is needed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ferrous_vm.endpoint.clock import Clock
    from ferrous_vm.server import Client, Server

SCENARIO: Final = ".scenario"

_EXPECTATION: Final = b"-- expect "
"""What a script without has no tests in it."""

FIRST_INSTANT: Final = 1_700_000_000_000_000
"""What the clock of a test shows at first, in Unix microseconds: the same in every run."""


_COVERAGE: Final = pytest.StashKey[Any]()
_COVERED: Final = pytest.StashKey[list[str]]()

_SERVERS: Final = "the servers to imitate, with commas between them, or all"

OPTIONS: Final[tuple[tuple[str, type, str, str], ...]] = (
    ("server", str, "NAME[,NAME…]", _SERVERS),
    ("engine", str, "NAME", "what runs scripts: the translator, or the machine"),
    ("seed", int, "SEED", "of chance, in servers and in scenarios"),
    ("budget", int, "EVENTS", "of each scenario that is explored"),
    ("coverage", str, "TRACEFILE", "write there which lines and branches of scripts were executed, and tell it"),
    ("sources", str, "FOLDER[,FOLDER…]", "where the files are that scripts come from; the root of the tests"),
)
"""Each is `--ferrous-…` and, in the ini file, `ferrous_…`: its name, type, placeholder and meaning."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Servers and engine, and seed and budget of what is explored."""
    group = parser.getgroup("ferrous")
    for name, kind, placeholder, told in OPTIONS:
        group.addoption(f"--ferrous-{name}", type=kind, default=None, metavar=placeholder, help=told)
        parser.addini(f"ferrous_{name}", f"{told}; the option comes before it", default="")


def _option(config: pytest.Config, name: str, usual: Any) -> Any:
    """An option, or else what the ini file says, or else what is usual. Raises UsageError for what is no number."""
    given = config.getoption(f"--ferrous-{name}")
    written = config.getini(f"ferrous_{name}")
    if given is not None or not written:
        return usual if given is None else given
    kind = next(kind for known, kind, *_ in OPTIONS if known == name)
    try:
        return kind(written)
    except ValueError:
        raise pytest.UsageError(f"ferrous_{name}: {written!r} is no number") from None


def chosen_engine(config: pytest.Config) -> str:
    """The engine that is asked for. Raises UsageError for one there is not."""
    from ferrous_vm.engines import ENGINES
    from ferrous_vm.server import DEFAULT_ENGINE

    engine: str = _option(config, "engine", DEFAULT_ENGINE)
    if engine not in ENGINES:
        raise pytest.UsageError(f"--ferrous-engine: there is no engine {engine!r}: there are {', '.join(ENGINES)}")
    return engine


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and what counts what is executed, if that is asked for."""
    config.addinivalue_line("markers", "ferrous(profile, engine, seed, shuffle): how the server of a test is made")
    if _option(config, "coverage", ""):
        from ferrous_vm.workbench.server_coverage import ServerCoverage

        config.stash[_COVERAGE] = ServerCoverage()


_TOTALS: Final = "ferrous_coverage"
"""Under which a process of xdist hands over what it has counted."""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process of xdist has ended: what it counted is added."""
    coverage = node.config.stash.get(_COVERAGE, None)
    if coverage is not None:
        coverage.add(getattr(node, "workeroutput", {}).get(_TOTALS, []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What was executed is written, or handed over."""
    config = session.config
    coverage = config.stash.get(_COVERAGE, None)
    if coverage is None:
        return
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_TOTALS] = coverage.totals()
        return
    from ferrous_vm.command_line.files import Refused, write
    from ferrous_vm.workbench.covered_files import files_of

    folders = [config.rootpath / name.strip() for name in _option(config, "sources", "").split(",")]
    files = files_of(coverage.scripts(), folders, config.rootpath)
    config.stash[_COVERED] = [file.in_words() for file in files]
    try:
        write(config.rootpath / _option(config, "coverage", ""), "".join(file.lcov() for file in files))
    except Refused as error:
        raise pytest.UsageError(f"--ferrous-coverage: {error}") from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was executed, a line each file."""
    told = config.stash.get(_COVERED, None)
    if told:
        terminalreporter.section("coverage of scripts")
        for line in told:
            terminalreporter.write_line(line)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Scenarios are collected by the end of their names, scripts if they expect something too."""
    kind: type[pytest.File]
    if file_path.suffix == SCENARIO:
        kind = ScenarioFile
    elif file_path.suffix == ".lua" and _EXPECTATION in file_path.read_bytes():
        kind = ScriptFile
    else:
        return None
    collected: pytest.File = kind.from_parent(parent, path=file_path)
    return collected


def chosen_servers(config: pytest.Config) -> list[str]:
    """The profiles that the option names, or else the ini file. Raises UsageError for one there is not."""
    from ferrous_vm.command_line.files import Refused
    from ferrous_vm.command_line.servers import chosen

    try:
        return chosen(_option(config, "server", None))
    except Refused as error:
        raise pytest.UsageError(f"--ferrous-server: {error}") from None


class _Failed(Exception):
    """What is told of a file whose expectations do not hold."""


class FileTest(pytest.Item):
    """A file as a test: what is wrong with it is told in words, without a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The words alone, where something does not hold; a traceback for what should not be."""
        return str(excinfo.value) if excinfo.errisinstance(_Failed) else super().repr_failure(excinfo, style)

    line = 1
    """Of the file, from 1."""

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line from 0, and the name."""
        return self.path, self.line - 1, self.name


class ScriptFile(pytest.File):
    """A script, or a library of functions, with its expectations."""

    _script: Any
    _failures: dict[str, list[Any]]

    def collect(self) -> Iterator[CallTest]:
        """A test a call, and a server."""
        from ferrous_vm.command_line.expectations import ExpectationError, read_script

        try:
            self._script = read_script(self.path.read_bytes())
        except ExpectationError as error:
            raise self.CollectError(f"{self.path}:{error.line}: {error}") from None
        self._failures = {}
        for profile in chosen_servers(self.config) if self._script.calls else ():
            for call in self._script.calls:
                called = f"{call.function.decode(errors='replace')}-" if call.function else ""
                name = f"{called}line-{call.line}[{profile}]"
                yield CallTest.from_parent(self, name=name, line=call.line, profile=profile)

    def failures(self, line: int, profile: str) -> list[Any]:
        """What does not hold of the call on a line; of the first call, what failed before it too."""
        from ferrous_vm.command_line.test import all_failures

        if profile not in self._failures:
            coverage = self.config.stash.get(_COVERAGE, None)
            watch = None if coverage is None else coverage.watch
            self._failures[profile] = all_failures(self._script, profile, chosen_engine(self.config), watch=watch)
        lines = [call.line for call in self._script.calls]
        first = line == lines[0]
        return [one for one in self._failures[profile] if one.line == line or (first and one.line not in lines)]


class CallTest(FileTest):
    """What is expected of one call of a script on one server."""

    def __init__(self, *, line: int, profile: str, **named: Any) -> None:
        super().__init__(**named)
        self.line = line
        self._profile = profile

    def runtest(self) -> None:
        """Raises _Failed with each expectation that does not hold: its line, both sides, and what an error means."""
        from ferrous_vm.command_line.test import case_of

        failures = self.getparent(ScriptFile).failures(self.line, self._profile)  # type: ignore[union-attr]
        if failures:
            raise _Failed("\n".join(case_of(self.path, f" on {self._profile}", failures, "").full))


class ScenarioFile(pytest.File):
    """A file with one scenario."""

    def collect(self) -> Iterator[ScenarioTest]:
        """Its one test, called by the scenario's title."""
        from ferrous_vm.scenarios.reading import read_scenario
        from ferrous_vm.scenarios.scenario import ScenarioError

        try:
            scenario = read_scenario(self.path.read_bytes())
        except ScenarioError as error:
            raise self.CollectError(f"{self.path}:{error.line}: {error}") from None
        yield ScenarioTest.from_parent(self, name=scenario.title, scenario=scenario)


class ScenarioTest(FileTest):
    """A scenario as a test."""

    def __init__(self, *, scenario: Any, **named: Any) -> None:
        super().__init__(**named)
        self._scenario = scenario

    def runtest(self) -> None:
        """Raises _Failed with what is wrong, in words."""
        from ferrous_vm.command_line.files import Refused

        try:
            told = self._carry_out() if self._scenario.steps else self._explore()
        except Refused as error:
            told = [str(error)]
        if told:
            raise _Failed("\n".join(told))

    def _carry_out(self) -> Sequence[str]:
        """What is wrong with its steps, as `ferrous test` tells it."""
        from ferrous_vm.command_line.scenario_test import check_scenario

        case, _, failed = check_scenario(self.path, self._scenario, _option(self.config, "seed", 0))
        return case.full if failed else ()

    def _explore(self) -> Sequence[str]:
        """What was found that does not hold, or was not tried. Raises Refused."""
        from ferrous_vm.command_line.files import Refused
        from ferrous_vm.exploration.exploring import BUDGET, HOLDS, explore
        from ferrous_vm.exploration.telling import words
        from ferrous_vm.scenarios.scenario import ScenarioError

        seed, budget = _option(self.config, "seed", 0), _option(self.config, "budget", BUDGET)
        try:
            exploration = explore(self._scenario, seed, budget)
        except ScenarioError as error:
            raise Refused(f"{self.path}:{error.line}: {error}") from None
        return () if exploration.verdict == HOLDS else words(exploration)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that has a server runs on each that is chosen, unless its marker names one."""
    marker = metafunc.definition.get_closest_marker("ferrous")
    if "ferrous_profile" in metafunc.fixturenames and not (marker and "profile" in marker.kwargs):
        names = chosen_servers(metafunc.config)
        if len(names) > 1:
            metafunc.parametrize("ferrous_profile", names)


@pytest.fixture
def ferrous_profile(request: pytest.FixtureRequest) -> str:
    """The name of the server imitated: that of the marker, or else the one chosen."""
    marker = request.node.get_closest_marker("ferrous")
    named: str | None = marker.kwargs.get("profile") if marker else None
    return named or chosen_servers(request.config)[0]


@pytest.fixture
def ferrous_clock() -> Clock:
    """The clock of the test's servers, which stands still; `advance(milliseconds)` lets time pass."""
    from ferrous_vm.endpoint.clock import Clock

    return Clock(FIRST_INSTANT)


@pytest.fixture
def ferrous_server_factory(
    request: pytest.FixtureRequest, ferrous_profile: str, ferrous_clock: Clock
) -> Callable[..., Server]:
    """Makes empty servers of the test's profile and clock, with the options of the marker; its arguments are those of
    `ferrous_vm.Server` and come before them."""
    from ferrous_vm.server import Server

    marker = request.node.get_closest_marker("ferrous")
    chosen = {"seed": _option(request.config, "seed", 0), "engine": chosen_engine(request.config)}
    marked = chosen | (marker.kwargs if marker else {}) | {"profile": ferrous_profile, "clock": ferrous_clock}
    coverage = request.config.stash.get(_COVERAGE, None)
    if coverage is None:
        return partial(Server, **marked)

    def watched(**options: Any) -> Server:
        server = Server(**marked | options)
        coverage.watch(server)
        return server

    return watched


@pytest.fixture
def ferrous_server(ferrous_server_factory: Callable[..., Server]) -> Server:
    """An empty server of this test alone."""
    return ferrous_server_factory()


@pytest.fixture
def ferrous_client(ferrous_server: Server) -> Client:
    """A connection to the test's server."""
    return ferrous_server.connect()


@pytest.fixture
def ferrous_redis(ferrous_server: Server) -> Iterator[Any]:
    """A client of redis-py on the test's server, without a socket. Skips where redis-py is not installed."""
    yield from clients_of(ferrous_server)


def clients_of(server: Server, **options: Any) -> Iterator[Any]:
    """A client of redis-py on a server, as a fixture has it."""
    redis = pytest.importorskip("redis")
    from ferrous_vm.endpoint.in_process import pool

    with redis.Redis(connection_pool=pool(server, redis, **options)) as client:
        yield client
