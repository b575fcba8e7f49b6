"""The call of the page as text for elsewhere: redis-cli lines and programs, quoted right for any bytes.

One writer for each form, in one table; they know nothing of the workbench. (contract.Export, contract.Exported)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15
from ferrous_vm.records import fields_of
from ferrous_vm.workbench.calls import read_call
from ferrous_vm.workbench.exports import (
    csharp,
    functions,
    go,
    java,
    javascript,
    jest_file,
    lettuce,
    php,
    pytest_file,
    python,
    ruby,
    rust,
    shell,
)
from ferrous_vm.workbench.exports.call import NamedCall, Unavailable
from ferrous_vm.workbench.exports.names import RESERVED, named_apart
from ferrous_vm.workbench.records.exporting import Export, Exported, Snippet
from ferrous_vm.workbench.workbench import Workbench

Writer: TypeAlias = Callable[[NamedCall], str]


class Form(NamedTuple):
    """One form of export: what it is called, how it is written, and what must be known of it.

    `language` is the row of names.RESERVED that says which names it cannot give; "" where it gives none.
    `write_function` writes the call of a library's function; None where the form has no place for one. `file_name` is a
    pattern of what it is saved as, with the script's name for the braces.
    """

    title: str
    language: str
    write: Writer
    note: str
    write_function: Writer | None = None
    function_note: str = ""
    file_name: str = ""


PYTEST = "Runs on Ferrous in Python, without a server: pip install pytest ferrous-vm. Save it as a test_*.py file."
JEST = "Runs on a Redis with an empty database that REDIS_URL names. Needs jest and ioredis. Save it as *.test.mjs."
LISTS = "A reply that is no array comes as a list of one."
REPLACES = "REPLACE loads the library anew each time; in production load it once, when it changes."

FORMS: dict[str, Form] = {
    "eval": Form("EVAL", "", shell.write_eval, "The script stands in the line. For bash, zsh or ksh."),
    "file": Form("--eval", "", shell.write_eval_file, "Save the script beside it. A comma parts KEYS from ARGV."),
    "evalsha": Form(
        "EVALSHA", "", shell.write_evalsha, "Load once, then call by digest; a restart forgets the script."
    ),
    "function": Form(
        "FUNCTION",
        "",
        shell.write_function,
        "A library of one function: it is stored with the data.",
        functions.write_shell,
        "The library is stored with the data. For bash, zsh or ksh.",
    ),
    "redis-py": Form(
        "redis-py",
        "python",
        python.write_redis_py,
        "register_script repeats after NOSCRIPT.",
        functions.write_redis_py,
        REPLACES,
    ),
    "ioredis": Form(
        "ioredis",
        "ioredis",
        javascript.write_ioredis,
        "defineCommand falls back to EVAL after NOSCRIPT.",
        functions.write_ioredis,
        REPLACES,
    ),
    "node-redis": Form(
        "node-redis",
        "javascript",
        javascript.write_node_redis,
        "Falls back to EVAL after NOSCRIPT.",
        functions.write_node_redis,
        REPLACES,
    ),
    "go-redis": Form(
        "go-redis",
        "go",
        go.write_go_redis,
        "Script.Run falls back to EVAL after NOSCRIPT.",
        functions.write_go_redis,
        REPLACES,
    ),
    "jedis": Form(
        "Jedis",
        "java",
        java.write_jedis,
        "Falls back to EVAL after NOSCRIPT. Java 9 or newer.",
        functions.write_jedis,
        f"{REPLACES} Java 9 or newer.",
    ),
    "lettuce": Form(
        "Lettuce",
        "java",
        lettuce.write_lettuce,
        f"Falls back to EVAL after NOSCRIPT. {LISTS} Lettuce 6 or newer.",
        lettuce.write_lettuce_function,
        f"{REPLACES} {LISTS} Lettuce 6.3 or newer.",
    ),
    "stackexchange.redis": Form(
        "StackExchange.Redis",
        "c#",
        csharp.write_stack_exchange,
        "ScriptEvaluate sends EVALSHA, and loads the script when it is missing.",
        functions.write_stack_exchange,
        REPLACES,
    ),
    "predis": Form(
        "predis",
        "php",
        php.write_predis,
        "Falls back to EVAL after NOSCRIPT.",
        functions.write_predis,
        REPLACES,
    ),
    "phpredis": Form(
        "phpredis",
        "php",
        php.write_phpredis,
        "Falls back to EVAL after NOSCRIPT. PHP 7.4 or newer.",
        functions.write_phpredis,
        REPLACES,
    ),
    "redis-rb": Form(
        "redis-rb",
        "ruby",
        ruby.write_redis_rb,
        "Falls back to EVAL after NOSCRIPT. Ruby 2.6 or newer.",
        functions.write_redis_rb,
        REPLACES,
    ),
    "redis-rs": Form(
        "redis-rs",
        "rust",
        rust.write_redis_rs,
        "Script loads itself after NOSCRIPT.",
        functions.write_redis_rs,
        REPLACES,
    ),
    "pytest": Form(
        "tests for pytest",
        "",
        pytest_file.write_pytest,
        PYTEST,
        pytest_file.write_pytest,
        PYTEST,
        "test_{}.py",
    ),
    "jest": Form(
        "tests for jest",
        "",
        jest_file.write_jest,
        JEST,
        jest_file.write_jest,
        JEST,
        "{}.test.mjs",
    ),
}
"""Every form, in the order the page shows them."""

if unknown := {form.language for form in FORMS.values()} - RESERVED.keys():
    raise AssertionError(f"no reserved words are known of {unknown}")


def export(workbench: Workbench, request: Export) -> Exported:
    """The call in every form; where one cannot carry it, its text is empty and its note says why."""
    call = NamedCall(**fields_of(read_call(request)), name=request.name, tests=request.tests, profile=workbench.profile)
    return Exported([_snippet(name, form, call) for name, form in FORMS.items()], f"{call.snake_name}.lua")


def _snippet(name: str, form: Form, call: NamedCall) -> Snippet:
    if call.is_function:
        if form.write_function is None:
            return Snippet(name, form.title, "", "The script is a function library: use FUNCTION, or a client.")
        write, note = form.write_function, form.function_note
    else:
        write, note = form.write, form.note
    if call.profile is not REDIS_7_0_15:
        note = f"{note} Made for {call.profile.title}."
    if name == "function" and not call.profile.commands.has(b"function"):
        return Snippet(name, form.title, "", f"{call.profile.title} has no functions.")
    try:
        text = write(named_apart(call, write, form.language))
        return Snippet(name, form.title, text, note, form.file_name.format(call.snake_name))
    except Unavailable as error:
        return Snippet(name, form.title, "", str(error))
