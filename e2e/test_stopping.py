"""A script that is stopped, by the person or a limit, tells what was seen of it; so does one that fails deep in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from e2e.workbench import Workbench

ENDLESS = """local function step(n)
  redis.call('SET', 'key:' .. n % 3, n)
end
local function forever()
  for n = 1, 1e9 do
    step(n)
    for i = 1, 10000 do end
  end
end
redis.log(redis.LOG_WARNING, 'begun')
forever()"""


def endless(workbench: Workbench) -> None:
    workbench.script(ENDLESS, fixture="SET before 1")
    workbench.run()


def tells_what_was_seen(workbench: Workbench, why: str) -> None:
    page = workbench.page
    told = page.get_by_role("status").filter(has_text=why)
    stood = r"It ran for .* m?s, and stood on line [2567]; it had issued [\d,]+ commands"
    expect(told).to_contain_text(re.compile(stood))
    expect(told).to_contain_text("written 1 line to the log. The keyspace is as it was before the run.")
    expect(page.get_by_role("region", name="Where it stood")).to_contain_text("forever()")
    changed = page.get_by_role("region", name="What changed")
    expect(changed).to_contain_text("taken back")
    for n in range(3):
        expect(changed).to_contain_text(f"key:{n}")
    expect(page.get_by_role("region", name="Commands", exact=True)).to_contain_text("SET key:")
    expect(page.get_by_role("note", name=re.compile(r"^Error on line [2567]$"))).to_contain_text("Stopped here after")
    expect(page.get_by_role("contentinfo")).to_contain_text(re.compile("stopped after .* m?s"))
    expect(page.get_by_role("tab", name=re.compile("^Reply")).get_by_role("img", name="failed")).to_be_visible()
    workbench.tab("Trace")
    expect(page.get_by_role("tabpanel", name=re.compile("^Trace"))).to_contain_text("SET key:1 1")
    workbench.tab("Log")
    expect(page.get_by_role("tabpanel", name=re.compile("^Log"))).to_contain_text("begun")
    workbench.console("KEYS *")
    expect(workbench.console_output).to_contain_text("(empty array)")
    workbench.script("return 'well'")
    workbench.tab("Reply")
    workbench.run()
    expect(workbench.reply).to_have_text('"well"')
    expect(page.get_by_role("note", name=re.compile("^Error on line"))).to_have_count(0)


def test_stop_keeps_what_was_seen(workbench: Workbench, errors: list[str]) -> None:
    endless(workbench)
    under_way = workbench.page.get_by_role("group", name="Under way")
    expect(under_way).to_contain_text(re.compile(r"Running… \d+\.\d s · [\d,]+ commands · \d+ MB"))
    expect(workbench.page.get_by_role("contentinfo")).to_contain_text(re.compile(r"running \d+\.\d s"))
    workbench.page.get_by_role("button", name="Stop").click()
    tells_what_was_seen(workbench, "Stopped.")


def test_the_time_limit_keeps_what_was_seen(workbench: Workbench, errors: list[str]) -> None:
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("1 s")
    endless(workbench)
    tells_what_was_seen(workbench, "longer than 1 s")


def test_what_is_known_is_told_where_python_had_to_be_ended(
    open_workbench: Callable[[str], Workbench], plain_url: str
) -> None:
    """Without shared memory nothing else can stop it, and what it had seen goes with it."""
    workbench = open_workbench(plain_url)
    endless(workbench)
    expect(workbench.page.get_by_role("group", name="Under way")).to_contain_text(re.compile(r"\d commands"))
    workbench.page.get_by_role("button", name="Stop").click()
    told = workbench.page.get_by_role("status").filter(has_text="Python had to be ended")
    expect(told).to_contain_text(re.compile(r"Stopped after \d+\.\d s: by then it had issued [\d,]+ commands\."))
    workbench.wait_until_ready()
    expect(workbench.page.get_by_role("contentinfo")).to_contain_text(re.compile(r"stopped after \d+\.\d s"))


def test_an_error_tells_who_called(workbench: Workbench) -> None:
    workbench.script("local function g()\n  error('no')\nend\nlocal function f()\n  g()\n  return 1\nend\nf()")
    workbench.run()
    stood = workbench.page.get_by_role("region", name="Where it stood")
    expect(stood.get_by_role("listitem")).to_have_text(["line 2 error('no')", "line 5 g()", "line 8 f()"])
    stood.get_by_role("button", name="line 5").click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_be_focused()


def test_a_slow_command_of_the_console_is_stopped_where_it_stands(workbench: Workbench) -> None:
    """A client's own command has no limit of time, as on a server; one that only asks is ended within itself, without
    ending Python."""
    workbench.engine.evaluate("self.isTheFirst = true")
    workbench.console("SETRANGE long 8000 x")
    expect(workbench.console_output).to_contain_text("(integer) 8001")
    workbench.console("LCS long long LEN")
    expect(workbench.page.get_by_role("contentinfo")).to_contain_text(re.compile(r"running \d+\.\d s"))
    workbench.page.get_by_role("button", name="Stop").click()
    expect(workbench.console_output).to_contain_text("Stopped: the keyspace is as it was before.")
    workbench.console("STRLEN long")
    expect(workbench.console_output).to_contain_text(re.compile(r"STRLEN long\s*\(integer\) 8001"))
    assert workbench.engine.evaluate("self.isTheFirst === true")


def test_an_answer_that_cannot_be_read_is_a_failure_and_the_page_lives(workbench: Workbench) -> None:
    """A text may be too long for the browser; the page is then in nobody's "running"."""
    workbench.page.evaluate(
        """() => {
          const parse = JSON.parse;
          JSON.parse = (text) => {
            if (text.includes("unreadable")) throw new RangeError("Invalid string length");
            return parse(text);
          };
        }"""
    )
    workbench.script("return 'un' .. 'readable'")
    workbench.run()
    told = workbench.page.get_by_text("The answer of the engine cannot be read (RangeError: Invalid string length).")
    expect(told).to_be_visible()
    workbench.script("return 'well'")
    workbench.run()
    expect(workbench.reply).to_have_text('"well"')


def test_a_stop_ends_nothing_that_began_after_it(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("local n = 0\nfor i = 1, 900000 do\n  n = n + i % 7\nend\nreturn n")
    page.get_by_role("button", name="Debug", exact=True).click()
    place = page.get_by_role("region", name="Next line")
    expect(place).to_contain_text("Next: line 1")
    page.get_by_role("textbox", name="Lua script").click()
    page.keyboard.press("ControlOrMeta+Home")
    for key in ("ArrowDown", "ArrowDown", "F9"):
        page.keyboard.press(key)
    condition = page.get_by_role("textbox", name="Condition, line 3")
    expect(condition).to_be_visible()
    workbench.wait_until_ready()
    place.get_by_role("button", name="Where does the time go?").click()
    stop = page.get_by_role("button", name=re.compile("^Stop"))
    stop.click()
    workbench.wait_until_ready()
    condition.fill("n == -1")
    condition.press("Enter")
    expect(page.get_by_role("contentinfo")).to_contain_text(re.compile(r"running [2-9]\."))
    stop.click()
    workbench.wait_until_ready()
    expect(place).to_contain_text("Next: line 1")
