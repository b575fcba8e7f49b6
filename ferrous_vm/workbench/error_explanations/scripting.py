"""Errors of the scripting layer: globals, arguments of redis.call, flags, libraries."""

from __future__ import annotations

import re

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.engines import resolve_source
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.scripting.lint_facts import script_facts
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.syntax import tree
from ferrous_vm.workbench.error_explanations.clues import Clues, Explanation, nearest, plain, row, shown

LARGEST_SCRIPT = 100_000
"""Bytes of a script that is parsed to find what a line writes."""

ABSENT = {
    "print": "Scripts have no print: write redis.log(redis.LOG_NOTICE, …), or return the value.",
    "os": "Scripts have no os: redis.call('TIME') tells the time.",
    "io": "Scripts have no io: pass what they need as ARGV.",
    "require": "Scripts cannot load modules: put the code into the script, or into a function library.",
    "dofile": "Scripts cannot load files: put the code into the script.",
    "loadfile": "Scripts cannot load files: put the code into the script.",
    "package": "Scripts cannot load modules: put the code into the script.",
    "module": "Scripts cannot load modules: put the code into the script.",
    "debug": "Scripts have no debug library; this page has a debugger.",
    "setfenv": "Scripts cannot change environments: use a table of your own.",
    "getfenv": "Scripts cannot change environments: use a table of your own.",
    "utf8": "utf8 is of Lua 5.3; Redis runs Lua 5.1, where strings are bytes.",
    "bit32": "bit32 is of Lua 5.2; Redis has the library bit.",
    "goto": "goto is of Lua 5.2; Redis runs Lua 5.1.",
    "null": "Lua's word for nothing is nil; cjson.null is JSON's.",
    "None": "Lua's word for nothing is nil.",
    "undefined": "Lua's word for nothing is nil.",
    "True": "Lua writes true in lower case.",
    "False": "Lua writes false in lower case.",
    "server": "server is Valkey's name for redis: write redis.call, which both know.",
    "pack": "Lua 5.1 has no pack: write {unpack(ARGV, 2)}, or {n = select('#', ...), ...} for a count with nils.",
    "getn": "The length of a list is #t.",
    "ipair": "It is called ipairs.",
    "tointeger": "Lua 5.1 has only doubles: math.floor(x) cuts the fraction.",
    "JSON": "The library is called cjson.",
    "json": "The library is called cjson.",
}
"""What to do where a global is missed that other Luas, or other languages, have."""


@row("absent-global", r"Script attempted to access nonexistent global variable '([^']*)'")
def _absent_global(clues: Clues, found: re.Match[str]) -> Explanation:
    name = found[1]
    what = f"Nothing is called {name} here: it is no local variable of this place, and no global of Redis's Lua."
    if name in ("KEYS", "ARGV"):
        return Explanation(what, "In a function library they are the function's parameters: function(keys, args).")
    if name in ("call", "pcall"):
        return Explanation(
            "While a library is loaded it may only register functions: redis has no call yet.",
            "Move the redis.call into a function that is registered.",
        )
    if name.lower().encode() in clues.server.commands.by_name and re.search(rf"call\s*\(\s*{name}\b", clues.code):
        return Explanation(what, f"The name of a command is a text: redis.call('{name.upper()}', …).")
    written = re.findall(r"[A-Za-z_]\w*", "\n".join(clues.source))
    known = dict.fromkeys([*(text.decode() for text in script_facts().script_globals), *written])
    others = [word for word in known if word != name]
    advice = ABSENT.get(name) or f"Declare it with local before this line.{nearest(name, others)}"
    return Explanation(what, advice)


@row("readonly-table", r"(?:err_handler_def:10: )?Attempt to modify a readonly table")
def _readonly(clues: Clues, found: re.Match[str]) -> Explanation:
    names = _written_globally(clues)
    told = ", ".join(names) or "perhaps by a library function"
    what = f"The line makes or changes a global ({told}): Redis protects the globals and its libraries from scripts."
    library = next((name for name in names if "." in name), "")
    if library:
        plain = library.rpartition(".")[2]
        return Explanation(
            what,
            f"{library.partition('.')[0]} is readonly: keep the function or value in a local of its own name, "
            f"local {plain} = …, or local function {plain}(…), and call it so.",
        )
    return Explanation(what, "Write local before the variable or the function; keep values between runs in a key.")


def _written_globally(clues: Clues) -> list[str]:
    """What the line assigns that is no local variable: `count`, `table.pick`. Of one that is not parsed, nothing."""
    if len(clues.script) > LARGEST_SCRIPT:
        return []
    try:
        resolved = resolve_source(body_of(clues.script), b"@user_script")
    except LuaSyntaxError:
        return []
    names: dict[str, None] = {}
    for node in resolved.chunk.nodes:
        if isinstance(node, tree.Assignment):
            targets = node.targets
        elif isinstance(node, tree.FunctionStatement):
            targets = [node.target]
        else:
            continue
        for target in targets:
            name = _global_name(resolved, target)
            if name and clues.line in (node.line, target.line):
                names[name] = None
    return list(names)


def _global_name(resolved: ResolvedChunk, node: tree.Node) -> str:
    """The name of a global, or of a field of one, as it is written; "" for anything else."""
    if isinstance(node, tree.Index) and isinstance(node.key, tree.String):
        of = _global_name(resolved, node.object)
        return f"{of}.{printed(node.key.value)}" if of else ""
    if isinstance(node, tree.Name) and resolved.variables[node.number] is None:
        return printed(node.name)
    return ""


@row("bad-argument-type", r"Lua redis lib command arguments must be strings or integers")
def _bad_argument(clues: Clues, found: re.Match[str]) -> Explanation:
    arguments = clues.refused or ()
    wrong = [(at, shown(value)) for at, value in enumerate(arguments) if not isinstance(value, (bytes, float))]
    name = shown(arguments[0]) if arguments and isinstance(arguments[0], bytes) else "the command"
    if not wrong:
        return Explanation("An argument of redis.call is neither string nor number.", "Pass it through tostring(…).")
    at, kind = wrong[0]
    if at == 0 and kind == "table" and re.search(r"redis\s*:\s*p?call", clues.code):
        what = "The colon in redis:call passes the table redis as the first argument, where the command's name belongs."
        return Explanation(what, "Write a dot: redis.call('GET', KEYS[1]).")
    place = f"argument {at} of {name}" if at else "the command's name"
    story = clues.story(at + 1)
    advice = {
        "nil": story or clues.missing_input or "A variable was never set, or a table has no such field.",
        "boolean": "Pass 1 or 0; false is also what Redis gives for no value: test for it first.",
        "userdata": "JSON's null is cjson.null, which no command takes: ask x == cjson.null, and pass '' for it.",
        "table": "Pass its elements with unpack(…), or one text of it: cjson.encode(…).",
    }.get(kind, "Pass a string or a number.")
    told = "" if kind == "nil" or not story else f" {story}"
    return Explanation(f"A command takes strings and numbers, and {place} is {_article(kind)}.{told}", advice)


def _article(kind: str) -> str:
    return kind if kind == "nil" else f"a {kind}"


ROWS = (
    _absent_global,
    _readonly,
    _bad_argument,
    plain(
        "no-command",
        r"Please specify at least one argument for this redis lib call",
        "redis.call was called without a command.",
        "The first argument is the command's name: redis.call('GET', KEYS[1]).",
    ),
    plain(
        "write-script-read-only",
        r"Can not execute a script with write flag using \*_ro command\.",
        "The script declares flags, and no-writes is not among them: so EVAL_RO and FCALL_RO refuse it.",
        "Add the flag no-writes, or call it with EVAL or FCALL.",
    ),
    plain(
        "library-in-eval",
        r"Unknown lua shebang option: name=(.*)",
        "This is the function library {0}, and EVAL takes no libraries.",
        "Choose FCALL as the command: the library is loaded, and one of its functions called.",
    ),
    plain(
        "shebang",
        r"(Unexpected flag in script shebang: .*|Unexpected engine in script shebang: .*|Unknown lua shebang option: .*"
        r"|Invalid script shebang|Invalid engine in script shebang)",
        "Redis does not understand the first line of the script ({0}).",
        "It reads #!lua flags=no-writes,allow-stale and knows allow-oom, allow-stale, no-cluster, no-writes and "
        "allow-cross-slot-keys; #!lua name=… begins a function library, which FUNCTION LOAD takes.",
    ),
    plain(
        "time-limit",
        r"Script killed by Ferrous: time limit of .* seconds exceeded",
        "The script ran longer than the time limit of Ferrous, which ended it. Its writes until then stay.",
        "Look for a loop that does not end; the options of the call have the limit. SCAN large data in several runs.",
    ),
    plain(
        "log-arguments",
        r"redis\.log\(\) requires two arguments or more\.|First argument must be a number \(log level\)\."
        r"|Invalid debug level\.",
        "redis.log takes a level and then the message.",
        "Write redis.log(redis.LOG_NOTICE, 'message'); the levels are LOG_DEBUG, LOG_VERBOSE, LOG_NOTICE, LOG_WARNING.",
    ),
    plain(
        "resp-version",
        r"RESP version must be 2 or 3\.|redis\.setresp\(\) requires one argument\.",
        "redis.setresp takes the number 2 or 3.",
        "Leave it away unless the script needs maps, sets, doubles or booleans of RESP3.",
    ),
    plain(
        "argument-count",
        r"wrong number of arguments",
        "A function of redis was called with too few arguments, or too many.",
        "Inside redis.… the editor shows what each function takes.",
    ),
    plain(
        "reply-helper",
        r"wrong number or type of arguments",
        "redis.error_reply and redis.status_reply take one string.",
        "Pass tostring(…) of what it is, joined with .. to one text.",
    ),
    plain(
        "library-metadata",
        r"(?:Missing library metadata|Invalid library metadata|Library name was not given|Engine '[^']*' not found"
        r"|Invalid metadata value given: .*|Library names can only contain .*)",
        "A function library begins with a line that names its engine and itself, and this one does not.",
        "Write #!lua name=mylib as the first line: letters, digits and underscores.",
    ),
    plain(
        "no-functions",
        r"No functions registered",
        "The library was loaded, and registered no function.",
        "Call redis.register_function('name', function(keys, args) … end) when it is loaded, outside any function.",
    ),
    plain(
        "function-not-found",
        r"Function not found",
        "No library that is loaded has a function of that name.",
        "Choose one of those the library registers; FUNCTION LIST tells all that are loaded.",
    ),
    plain(
        "function-exists",
        r"(?:.*: )?Function (?:(.*) )?already exists(?: in the library)?",
        "There is a function of that name already, in this library or in another that is loaded.",
        "Give each function a name of its own: all libraries of a server share them.",
    ),
    plain(
        "register-arguments",
        r"(?:.*: )?(?:wrong number of arguments to redis\.register_function"
        r"|first argument to redis\.register_function .*"
        r"|second argument to redis\.register_function .*|calling redis\.register_function with a single argument .*"
        r"|redis\.register_function must get .*|unknown argument given to redis\.register_function|unknown flag given)",
        "redis.register_function was not called as Redis expects.",
        "Write redis.register_function('name', function(keys, args) … end), or with one table: function_name, "
        "callback, flags = {{'no-writes'}}, description.",
    ),
)
"""Every row of this family."""
