"""Every example of the page answers what it promises, here and on a real redis-server."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.keyspace.words import split_words
from ferrous_vm.scripting.lint_facts import lint_script
from pyodide_bridge.bridge import Bridge, to_json

EXAMPLES = Path(__file__).parents[2] / "web" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json"))


def read(name: str) -> dict[str, Any]:
    example: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return {**example, "script": (EXAMPLES / f"{name}.lua").read_text(encoding="utf-8")}


CASES = [(name, test["name"]) for name in NAMES for test in read(name)["tests"]]


def case(name: str, test_name: str) -> dict[str, Any]:
    """The test of an example: what it does not say is as in the example."""
    example = read(name)
    (test,) = [test for test in example["tests"] if test["name"] == test_name]
    return {**example, **test}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_complete(name: str) -> None:
    example = read(name)
    assert example["title"]
    assert len(example["about"]) > 40
    assert example["tags"]
    assert example["tests"]


@pytest.mark.parametrize("name", NAMES)
def test_the_linter_has_nothing_to_say(name: str) -> None:
    assert [found.message for found in lint_script(read(name)["script"].encode())] == []


@pytest.mark.parametrize(("name", "test_name"), CASES)
def test_an_example_answers_what_it_promises(name: str, test_name: str) -> None:
    example = case(name, test_name)
    request = {
        "type": "Run",
        "script": example["script"],
        "keys": example["keys"],
        "argv": example["argv"],
        "fixture": "\n".join(example["fixture"]),
        "clock": example.get("clock"),
        "protocol": example.get("protocol", 2),
    }
    ran = json.loads(to_json(Bridge().answer(json.dumps(request))))
    assert ran["reply"]["text"] == example["reply"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A redis-server of our own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as directory:
        options = ["--port", str(free), "--save", "", "--appendonly", "no", "--dir", directory]
        server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        while subprocess.run(["redis-cli", "-p", str(free), "PING"], capture_output=True).returncode:
            time.sleep(0.05)
        yield free
        server.terminate()
        server.wait()


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
@pytest.mark.parametrize(("name", "test_name"), [row for row in CASES if "clock" not in case(*row)])
def test_a_real_server_answers_the_same(port: int, name: str, test_name: str) -> None:
    example = case(name, test_name)
    cli = ["redis-cli", "-p", str(port), "--no-raw", *(["-3"] if example.get("protocol") == 3 else [])]
    subprocess.run([*cli, "FLUSHALL"], check=True, capture_output=True)
    for line in example["fixture"]:
        if (words := split_words(line.encode())) and not line.startswith("#"):
            subprocess.run([*cli, *words], check=True, capture_output=True)
    call = ["EVAL", example["script"], str(len(example["keys"])), *example["keys"], *example["argv"]]
    answer = subprocess.run([*cli, *call], check=True, capture_output=True, text=True)
    assert answer.stdout.removesuffix("\n") == example["reply"]
