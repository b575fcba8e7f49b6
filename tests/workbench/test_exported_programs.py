"""Exported programs, each run with a client that tells what it was asked: scripts and functions arrive exactly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ferrous_vm.records import with_changes
from ferrous_vm.workbench.exports import FORMS
from ferrous_vm.workbench.exports.call import NamedCall
from ferrous_vm.workbench.exports.names import named_apart
from tests.workbench.test_exports import CALLS as SCRIPT_CALLS
from tests.workbench.test_exports import call_of
from tests.workbench.test_function_exports import CALLS as FUNCTION_CALLS

pytestmark = pytest.mark.host

STAND_INS = Path(__file__).parent / "stand_ins"
CALLS = {f"EVAL {name}": call for name, call in SCRIPT_CALLS.items()}
CALLS |= {f"FCALL {name}": call for name, call in FUNCTION_CALLS.items()}


def told(call: NamedCall) -> dict[str, Any]:
    """What the stand-in for a client prints when `call` has arrived."""
    keys, args = ([value.hex() for value in values] for values in (call.keys, call.argv))
    function = {"function": call.function.hex()} if call.mode.startswith("FCALL") else {}
    return {"script": call.script.hex(), **function, "keys": keys, "args": args}


def program(form: str, call: NamedCall) -> str:
    """The program for `call`, under a name that it can have."""
    write = FORMS[form].write_function if call.mode.startswith("FCALL") else FORMS[form].write
    assert write is not None
    return write(named_apart(call, write, FORMS[form].language))


def output(*words: str, directory: Path, **more: Any) -> bytes:
    """What a command prints."""
    return subprocess.run(words, cwd=directory, capture_output=True, check=True, **more).stdout


def written(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


# Languages whose interpreters start at once: a run for every call


def run_python(text: str, directory: Path) -> Any:
    shutil.copy(STAND_INS / "redis.py", directory)
    written(directory, {"program.py": text})
    return json.loads(output(sys.executable, "program.py", directory=directory))


def run_node(package: str) -> Callable[[str, Path], Any]:
    def run(text: str, directory: Path) -> Any:
        home = f"node_modules/{package}"
        manifest = json.dumps({"type": "module", "exports": "./index.js"})
        stand_in = (STAND_INS / f"{package}.js").read_text()
        written(directory, {f"{home}/package.json": manifest, f"{home}/index.js": stand_in, "program.mjs": text})
        return json.loads(output("node", "program.mjs", directory=directory))

    return run


def run_predis(text: str, directory: Path) -> Any:
    written(directory, {"vendor/autoload.php": (STAND_INS / "predis.php").read_text(), "program.php": text})
    return dumped(output("php", "program.php", directory=directory))


def run_phpredis(text: str, directory: Path) -> Any:
    written(directory, {"program.php": text})
    stand_in = f"auto_prepend_file={STAND_INS / 'phpredis.php'}"
    return dumped(output("php", "-d", stand_in, "program.php", directory=directory))


def dumped(text: bytes) -> Any:
    """The string that PHP's var_dump printed."""
    return json.loads(text[text.index(b'"') + 1 : text.rindex(b'"')])


def run_ruby(text: str, directory: Path) -> Any:
    written(directory, {"program.rb": text})
    return json.loads(json.loads(output("ruby", "-I", str(STAND_INS), "program.rb", directory=directory)))


INTERPRETED: dict[str, tuple[str, Callable[[str, Path], Any]]] = {
    "redis-py": (sys.executable, run_python),
    "ioredis": ("node", run_node("ioredis")),
    "node-redis": ("node", run_node("redis")),
    "predis": ("php", run_predis),
    "phpredis": ("php", run_phpredis),
    "redis-rb": ("ruby", run_ruby),
}
"""What runs the programs of a client, and how."""


@pytest.mark.parametrize("form", INTERPRETED)
@pytest.mark.parametrize("name", CALLS)
def test_the_call_arrives(name: str, form: str, tmp_path: Path) -> None:
    interpreter, run = INTERPRETED[form]
    if shutil.which(interpreter) is None:
        pytest.skip(f"{interpreter} is not installed")
    assert run(program(form, CALLS[name]), tmp_path) == told(CALLS[name])


# Languages with a compiler that takes its time to start: all calls in one


class Compiled(NamedTuple):
    """How the programs of a client are compiled: all at once, each a file. `run` answers what each of them printed."""

    commands: tuple[str, ...]
    suffix: str
    compile: Callable[[list[str], Path], object]
    run: Callable[[list[str], Path], list[Any]]


def compile_java(*stand_ins: str) -> Callable[[list[str], Path], object]:
    def compile_all(names: list[str], directory: Path) -> object:
        for stand_in in stand_ins:
            shutil.copytree(STAND_INS / stand_in, directory, dirs_exist_ok=True)
        return output("javac", "-encoding", "UTF-8", *(f"{name}.java" for name in names), directory=directory)

    return compile_all


def run_java(names: list[str], directory: Path) -> list[Any]:
    found = [json.loads(output("java", "-Xshare:auto", name, directory=directory)) for name in names]
    return [value[0] if isinstance(value, list) else value for value in found]


def compile_csharp(names: list[str], directory: Path) -> object:
    sources = [str(STAND_INS / "StackExchange.Redis.cs"), *(f"{name}.cs" for name in names)]
    return output("mcs", "-nologo", "-main:Runner", "-out:all.exe", *sources, directory=directory)


def run_csharp(names: list[str], directory: Path) -> list[Any]:
    return list(map(json.loads, output("mono", "all.exe", directory=directory).splitlines()))


def compile_rust(names: list[str], directory: Path) -> object:
    modules = "".join(f'mod {name} {{ include!("{name}.rs"); pub fn run() {{ main().unwrap() }} }}\n' for name in names)
    calls = "".join(f"    {name}::run();\n" for name in names)
    written(directory, {"all.rs": f"#![allow(non_snake_case)]\n{modules}fn main() {{\n{calls}}}\n"})
    options = ("--edition=2021", "-A", "warnings")
    output("rustc", *options, "--crate-type=rlib", str(STAND_INS / "redis.rs"), directory=directory)
    return output("rustc", *options, "--extern", "redis=libredis.rlib", "all.rs", directory=directory)


def run_rust(names: list[str], directory: Path) -> list[Any]:
    return list(map(json.loads, output("./all", directory=directory).splitlines()))


def compile_go(names: list[str], directory: Path) -> object:
    modules = "module cases\n\ngo 1.18\n\nrequire github.com/redis/go-redis/v9 v9.0.0\n\n"
    files = {"go.mod": f"{modules}replace github.com/redis/go-redis/v9 => ./client\n"}
    files |= {"client/go.mod": "module github.com/redis/go-redis/v9\n\ngo 1.18\n"}
    files |= {"client/redis.go": (STAND_INS / "redis.go").read_text()}
    written(directory, files)
    for name in names:
        written(directory, {f"{name}/main.go": (directory / f"{name}.go").read_text(encoding="utf-8")})
        (directory / f"{name}.go").unlink()
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOPROXY": "off"}
    (directory / "bin").mkdir()
    return output("go", "build", "-o", "bin/", "./...", directory=directory, env=environment)


def run_go(names: list[str], directory: Path) -> list[Any]:
    return [json.loads(output(f"bin/{name}", directory=directory)) for name in names]


COMPILED = {
    "jedis": Compiled(("javac", "java"), "java", compile_java("jedis"), run_java),
    "lettuce": Compiled(("javac", "java"), "java", compile_java("lettuce"), run_java),
    "stackexchange.redis": Compiled(("mcs", "mono"), "cs", compile_csharp, run_csharp),
    "redis-rs": Compiled(("rustc",), "rs", compile_rust, run_rust),
    "go-redis": Compiled(("go",), "go", compile_go, run_go),
}


def compiled(form: str, calls: list[NamedCall], directory: Path) -> list[str]:
    """Compile the programs of all calls; the names of their files."""
    for command in COMPILED[form].commands:
        if shutil.which(command) is None:
            pytest.skip(f"{command} is not installed")
    names = [call.pascal_name for call in calls]
    programs = {f"{name}.{COMPILED[form].suffix}": program(form, call) for name, call in zip(names, calls, strict=True)}
    written(directory, programs)
    COMPILED[form].compile(names, directory)
    return names


@pytest.mark.parametrize("form", COMPILED)
def test_every_call_arrives(form: str, tmp_path: Path) -> None:
    calls = [with_changes(call, name=f"case{index}") for index, call in enumerate(CALLS.values())]
    names = compiled(form, calls, tmp_path)
    assert COMPILED[form].run(names, tmp_path) == list(map(told, calls))


# Names


WORDS = """
    Return Class Type Main Redis Client String Script Library List Object Set Get Import Function Lambda None Async
    Await This Self Init Error Context Fmt Const Let Print Reply Keys Args Program Run System Connection Value Lock
    Match Constructor Then Multi
"""
NAMES = [
    *WORDS.split(),
    "Redis client",
    "Jedis pooled",
    "Create hash",
    "Define command",
    "9 lives",
    "\u00e9t\u00e9",
    "",
]


PARSE_MODULES = """
for (const name of process.argv.slice(1)) new vm.SourceTextModule(fs.readFileSync(name, "utf8"), { identifier: name });
"""


def check_node(names: list[str], directory: Path) -> None:
    program = f'import fs from "node:fs";\nimport vm from "node:vm";\n{PARSE_MODULES}'
    options = ("--no-warnings", "--experimental-vm-modules", "--input-type=module", "-e", program)
    output("node", *options, "--", *names, directory=directory)


def check_each(*words: str) -> Callable[[list[str], Path], None]:
    def check(names: list[str], directory: Path) -> None:
        for name in names:
            output(*words, name, directory=directory)

    return check


CHECKS: dict[str, Callable[[list[str], Path], None]] = {
    sys.executable: lambda names, directory: [compile((directory / name).read_bytes(), name, "exec") for name in names],
    "node": check_node,
    "php": check_each("php", "-l"),
    "ruby": check_each("ruby", "-c"),
}
"""What parses the programs of an interpreter."""


@pytest.mark.parametrize("form", INTERPRETED)
def test_any_name_makes_a_program_of_an_interpreter(form: str, tmp_path: Path) -> None:
    interpreter, run = INTERPRETED[form]
    if shutil.which(interpreter) is None:
        pytest.skip(f"{interpreter} is not installed")
    calls = [call_of(name=name) for name in NAMES]
    programs = {f"{index}.mjs": program(form, call) for index, call in enumerate(calls)}
    written(tmp_path, programs)
    CHECKS[interpreter](list(programs), tmp_path)
    for index, call in enumerate(calls[::9]):
        directory = tmp_path / str(index)
        directory.mkdir()
        assert run(program(form, call), directory) == told(call)


@pytest.mark.parametrize("form", COMPILED)
def test_any_name_makes_a_program_of_a_compiler(form: str, tmp_path: Path) -> None:
    form_of = FORMS[form]
    calls = [named_apart(call_of(name=name), form_of.write, form_of.language) for name in NAMES]
    unique = list({call.pascal_name: call for call in calls}.values())
    assert len(unique) > 40
    compiled(form, unique, tmp_path)
