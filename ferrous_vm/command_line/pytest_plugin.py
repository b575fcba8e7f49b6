"""A plugin for pytest: scripts that carry their expectations, and scenarios, are tests beside those in Python.

    pytest locks/                                           every *.scenario, and every *.lua with expectations
    pytest --ferrous-server redis-7.2,valkey-9.1            on each of these
    pytest --ferrous-budget 50000 --ferrous-seed 7          of scenarios that are explored

    def test_the_lock_expires(ferrous_redis, ferrous_clock):
        ferrous_redis.set("lock", "me", px=1000)
        ferrous_clock.advance(1001)
        assert ferrous_redis.get("lock") is None

The marker `@pytest.mark.ferrous(profile=…, engine=…, seed=…, shuffle=…)` gives a test its server's options. A scenario
with steps is carried out; one without is explored, and what its budget does not reach fails too: a test that was not
carried out to its end has proved nothing. It is found by pytest where Ferrous is installed (`pytest11`), and imports of
Ferrous what it needs once it is needed.
"""

from __future__ import annotations

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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Servers, and seed and budget of what is explored."""
    group = parser.getgroup("ferrous")
    servers = "the servers to imitate, with commas between them, or all"
    group.addoption("--ferrous-server", default=None, metavar="NAME[,NAME…]", help=servers)
    group.addoption("--ferrous-budget", type=int, default=None, metavar="EVENTS", help="of each scenario explored")
    group.addoption("--ferrous-seed", type=int, default=0, metavar="SEED", help="of chance in scenarios")
    parser.addini("ferrous_server", f"{servers}; the option comes before it", default="redis-7.0")


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line("markers", "ferrous(profile, engine, seed, shuffle): how the server of a test is made")


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
        return chosen(config.getoption("--ferrous-server") or config.getini("ferrous_server"))
    except Refused as error:
        raise pytest.UsageError(f"--ferrous-server: {error}") from None


class _Failed(Exception):
    """What is told of a file whose expectations do not hold."""


class FileTest(pytest.Item):
    """A file as a test: what is wrong with it is told in words, without a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The words alone, where something does not hold; a traceback for what should not be."""
        return str(excinfo.value) if excinfo.errisinstance(_Failed) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, and the name."""
        return self.path, 0, self.name


class ScriptFile(pytest.File):
    """A script, or a library of functions, with its expectations."""

    def collect(self) -> Iterator[ScriptTest]:
        """A test a server."""
        from ferrous_vm.command_line.expectations import ExpectationError, read_script

        try:
            script = read_script(self.path.read_bytes())
        except ExpectationError as error:
            raise self.CollectError(f"{self.path}:{error.line}: {error}") from None
        for name in chosen_servers(self.config) if script.calls else ():
            yield ScriptTest.from_parent(self, name=f"expectations[{name}]", script=script, profile=name)


class ScriptTest(FileTest):
    """The expectations of a script on one server."""

    def __init__(self, *, script: Any, profile: str, **named: Any) -> None:
        super().__init__(**named)
        self._script = script
        self._profile = profile

    def runtest(self) -> None:
        """Raises _Failed with each expectation that does not hold, and its line."""
        from ferrous_vm.command_line.test import case_of, costs_of, failures_of

        failures = failures_of(self._script, self._profile) + costs_of(self._script, self._profile)
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

        case, _, failed = check_scenario(self.path, self._scenario, self.config.getoption("--ferrous-seed"))
        return case.full if failed else ()

    def _explore(self) -> Sequence[str]:
        """What was found that does not hold, or was not tried. Raises Refused."""
        from ferrous_vm.command_line.files import Refused
        from ferrous_vm.exploration.exploring import BUDGET, HOLDS, explore
        from ferrous_vm.exploration.telling import words
        from ferrous_vm.scenarios.scenario import ScenarioError

        seed, budget = self.config.getoption("--ferrous-seed"), self.config.getoption("--ferrous-budget")
        try:
            exploration = explore(self._scenario, seed, budget or BUDGET)
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
    marked = {"seed": 0, **(marker.kwargs if marker else {}), "profile": ferrous_profile, "clock": ferrous_clock}

    def make(**options: Any) -> Server:
        return Server(**(marked | options))

    return make


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
    redis = pytest.importorskip("redis")
    from ferrous_vm.endpoint.in_process import pool

    with redis.Redis(connection_pool=pool(ferrous_server, redis)) as client:
        yield client
