"""`--output-format` of lint, test and explore: each format is read back by what it is made for."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main
from ferrous_vm.command_line.output.formats import FORMATS

PROJECT = Path(__file__).parents[2]

LINTED = b"-- \xe2\x82\xac\xff %,:#\nlocal v = redis.call('GET', KEYS[1])\nlocal e = '\xe2\x82\xac' return v == nil\n"
TESTED = b"-- keys: a  argv: 1\n-- expect reply: (integer) 2\n-- expect key a: (nil)\nreturn 1\n"
EXPLORED = b"""\
-- scenario: a <lock> & its #key
-- always: holders("critical") <= 1
-- may: time
-- clients: 2 w
if redis("SET", "lock", me, "NX", "PX", 1000) then enter("critical") leave("critical") end
"""

COMMANDS: dict[str, tuple[str, bytes, int, str]] = {
    "lint": ("a,b:c#.lua", LINTED, 3, "nil-reply"),
    "test": ("test.lua", TESTED, 1, "expectation"),
    "explore": ("lock.scenario", EXPLORED, 0, "broken"),
}
"""Of each command a file that fails, the line of what is found, and its rule."""


@pytest.fixture(params=COMMANDS)
def failing(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A command, beside a file that it finds one thing in."""
    monkeypatch.chdir(tmp_path)
    name, source, _, _ = COMMANDS[request.param]
    Path(name).write_bytes(source)
    return str(request.param)


def told(capsys: pytest.CaptureFixture[str], command: str, form: str, *more: str) -> str:
    """What a command prints, which fails."""
    assert main([command, COMMANDS[command][0], "--output-format", form, *more]) == FAILED
    return capsys.readouterr().out


def test_concise_is_a_line_a_finding(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, _, line, rule = COMMANDS[failing]
    found = [text for text in told(capsys, failing, "concise").splitlines() if text.startswith(name)]
    assert len(found) == 1
    assert found[0].startswith(f"{name}:{line}:" if line else f"{name}: ")
    assert found[0].endswith(f"[{rule}]")


def test_json_lines_are_the_objects_of_json(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    objects = json.loads(told(capsys, failing, "json"))
    assert [json.loads(line) for line in told(capsys, failing, "json-lines").splitlines()] == objects
    assert [one["file"] for one in objects] == [COMMANDS[failing][0]]


@pytest.mark.host  # the reader is not packed for Python in the browser
def test_junit_is_read(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    from junitparser import JUnitXml  # type: ignore[import-untyped]

    xml = JUnitXml.fromstring(told(capsys, failing, "junit").encode())
    assert (xml.tests, xml.failures, xml.errors) == (1, 1, 0)
    ((case,),) = xml
    assert case.classname == COMMANDS[failing][0]
    (failure,) = case.result
    assert failure.type == COMMANDS[failing][3]


VALIDATE = """\
const Ajv = require("ajv");
const ajv = new Ajv({ schemaId: "auto", unknownFormats: "ignore", allErrors: true, logger: false });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
const isValid = ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
const logs = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(logs.map((log) => (isValid(log) ? [] : isValid.errors))));
"""
"""Each of a list of logs against the schema that SARIF is published with."""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.skipif(not (PROJECT / "node_modules" / "ajv").exists(), reason="the page's tools are not installed")
def test_sarif_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    logs: list[Any] = []
    for command, (name, source, _, _) in COMMANDS.items():
        Path(name).write_bytes(source)
        logs.append(json.loads(told(capsys, command, "sarif")))
        Path(name).write_bytes(b"return 1" if command == "lint" else source)
    assert main(["lint", "a,b:c#.lua", "--output-format", "sarif"]) == OK
    logs.append(json.loads(capsys.readouterr().out))
    wrong = {"version": "2.1.0", "runs": [{"results": []}]}
    done = subprocess.run(
        ["node", "-e", VALIDATE],
        input=json.dumps([*logs, wrong]),
        capture_output=True,
        cwd=PROJECT,
        text=True,
        check=True,
    )
    *errors, of_wrong = json.loads(done.stdout)
    assert errors == [[]] * len(logs)
    assert of_wrong
    (found,) = logs[0]["runs"][0]["results"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%2Cb%3Ac%23.lua"
    assert place["region"]["startColumn"] == len("local e = '€' return ") + 1
    assert LINTED[place["region"]["byteOffset"] :][: place["region"]["byteLength"]] == b"v == nil"


def test_github_is_told_the_place(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = told(capsys, failing, "github").splitlines()
    name, _, line, rule = COMMANDS[failing]
    fields, message = command.removeprefix("::").split("::", 1)
    values = dict(field.split("=", 1) for field in fields.partition(" ")[2].split(","))
    assert values["file"] == name.replace(",", "%2C").replace(":", "%3A")
    assert values.get("line") == (str(line) if line else None)
    assert rule in values["title"]
    assert rule in message


def test_gitlab_has_a_fingerprint_that_lines_above_do_not_change(
    failing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = json.loads(told(capsys, failing, "gitlab"))
    assert found["severity"] in {"critical", "major"}
    assert found["location"] == {"path": COMMANDS[failing][0], "lines": {"begin": max(COMMANDS[failing][2], 1)}}
    path = Path(COMMANDS[failing][0])
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\n", 1))
    (again,) = json.loads(told(capsys, failing, "gitlab"))
    assert again["fingerprint"] == found["fingerprint"]


def test_rdjson_counts_columns_in_bytes(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = json.loads(told(capsys, failing, "rdjson"))["diagnostics"]
    assert found["code"] == {"value": COMMANDS[failing][3]}
    if failing == "lint":
        start = found["location"]["range"]["start"]
        assert start == {"line": 3, "column": len("local e = '€' return ".encode()) + 1}
        assert found["suggestions"][0]["text"] == "false"


def test_tap_has_a_point_a_file(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, failing, "tap").splitlines()
    assert lines[0] == "TAP version 14"
    assert lines[1].startswith("not ok 1 - ")
    assert "#" not in lines[1].replace("\\#", "")
    assert lines[2:4] == ["  ---", "  findings:"]
    assert lines[-2:] == ["  ...", "1..1"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_in_a_file_is_told_in_full_too(failing: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    alone = told(capsys, failing, form)
    full = told(capsys, failing, "full")
    assert told(capsys, failing, form, "--output-file", "report") == full
    assert Path("report").read_text() == alone


def test_a_report_that_cannot_be_written_is_told(failing: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = COMMANDS[failing][0]
    assert main([failing, name, "--output-format", "json", "--output-file", "no/folder"]) == MISUSED
    assert capsys.readouterr().err.startswith("ferrous: no/folder: ")


def test_information_alone_fails_no_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("information.lua").write_text("return ARGV[1] < ARGV[2]")
    for form in FORMATS:
        assert main(["lint", "information.lua", "--output-format", form]) == OK
        assert "text-order" in capsys.readouterr().out


def test_a_long_line_is_shown_around_what_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("long.lua").write_text(
        f"local s = '{'é' * 500}'\tlocal v = redis.call('GET', KEYS[1]) return v == nil{' ' * 500}"
    )
    assert main(["lint", "long.lua"]) == FAILED
    _, _, line, marks, *_ = capsys.readouterr().out.splitlines()
    assert line[marks.index("^") :].startswith("v == nil")
    assert marks.count("^") == len("v == nil")
    assert len(line) < 120
