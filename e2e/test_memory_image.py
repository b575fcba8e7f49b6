"""Python is restored from an image of its memory: it behaves as one that has started, and the first doubt ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from e2e.workbench import Workbench

MARKER = "Xq7-nobody-else-writes-this"

FOLDER = """const folder = async () => {
    for await (const found of (await navigator.storage.getDirectory()).values()) return found;
};
"""
IS_IN_STORAGE = (
    """async (marker) => {"""
    + FOLDER
    + """
    const sought = [...new TextEncoder().encode(marker)];
    const files = [];
    for await (const file of (await folder()).values()) files.push(await (await file.getFile()).arrayBuffer());
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const key of await cache.keys()) files.push(await (await cache.match(key)).arrayBuffer());
    }
    const isIn = (bytes) => {
        for (let at = bytes.indexOf(sought[0]); at >= 0; at = bytes.indexOf(sought[0], at + 1)) {
            if (sought.every((byte, index) => bytes[at + index] === byte)) return true;
        }
        return false;
    };
    const bytes = files.reduce((sum, file) => sum + file.byteLength, 0);
    return { bytes, found: files.some((file) => isIn(new Uint8Array(file))) };
}"""
)
NAMES = (
    "async () => {"
    + FOLDER
    + "const names = []; for await (const name of (await folder()).keys()) names.push(name); return names; }"
)
RENAME = "async (name) => {" + FOLDER + "for await (const file of (await folder()).values()) await file.move(name); }"
DAMAGE = (
    "async () => {"
    + FOLDER
    + """for await (const file of (await folder()).values()) {
        const writable = await file.createWritable({ keepExistingData: true });
        await writable.write({ type: "write", position: (await file.getFile()).size / 2, data: "damaged" });
        await writable.close();
    } }"""
)

CHANCE = """
local run_id = redis.call('INFO', 'server'):match('run_id:(%w+)')
return {run_id, unpack(redis.call('SRANDMEMBER', 'members', -8))}
"""

DIES_BEFORE_IT_ANSWERS = """
const Plain = Worker;
window.Worker = class extends Plain {
  postMessage(data, ...rest) {
    const isAsked = data.request?.includes('"Hello"');
    if (!isAsked || sessionStorage.getItem("has died")) return super.postMessage(data, ...rest);
    sessionStorage.setItem("has died", "once");
    this.onerror(new ErrorEvent("error", { message: "as if Python had died" }));
  }
};
"""

TAKEN = "It is there for the next start."
RESTORED = "This Python was restored from it."
NOT_YET = "It is taken when a script has run."
REFUSED = "This browser could not use one."


@pytest.fixture
def visitor(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
    """A person whose browser keeps everything, the service worker's files included."""
    with browser.new_context(base_url=base_url) as context:
        yield context


def opened(context: BrowserContext) -> Workbench:
    workbench = Workbench(context.new_page())
    workbench.open("/")
    return workbench


def drawn(workbench: Workbench) -> tuple[str, list[str]]:
    """What a run of CHANCE answers: the run id of the server, and members it has drawn."""
    workbench.run()
    workbench.wait_until_ready()
    expect(workbench.reply).to_contain_text("9)")
    run_id, *members = workbench.reply.inner_text().splitlines()[:9]
    return run_id, members


def drawn_by_the_next(workbench: Workbench) -> tuple[str, list[str]]:
    """What the next Python answers, which is restored from the same image."""
    expect(workbench.page.get_by_role("contentinfo")).to_contain_text("saved in this browser")
    workbench.page.reload()
    workbench.wait_until_ready()
    workbench.expect_image(RESTORED)
    return drawn(workbench)


def test_python_is_restored_and_behaves_as_if_it_had_started(visitor: BrowserContext) -> None:
    workbench = opened(visitor)
    workbench.script(
        f"return redis.call('SET', KEYS[1], '{MARKER}-script')", [f"{MARKER}-key"], fixture=f"SET f {MARKER}-f"
    )
    workbench.run()
    expect(workbench.reply).to_contain_text("OK")
    workbench.console(f"ECHO {MARKER}-console")
    expect(workbench.console_output).to_contain_text(f'"{MARKER}-console"')
    workbench.expect_image(TAKEN)
    page = workbench.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    stored = page.evaluate(IS_IN_STORAGE, MARKER)
    assert stored["bytes"] > 10_000_000
    assert not stored["found"]
    page.close()

    visitor.set_offline(True)
    workbench = opened(visitor)
    workbench.expect_image(RESTORED)
    workbench.script(CHANCE, fixture="SADD members " + " ".join(map(str, range(200))))
    run_id, members = drawn(workbench)
    other_run_id, other_members = drawn_by_the_next(workbench)
    assert run_id != other_run_id
    assert members != other_members
    workbench.page.get_by_role("region", name="Call").get_by_text("Options").click()
    workbench.page.get_by_role("textbox", name="Seed").fill("7")
    _, seeded = drawn(workbench)
    assert drawn_by_the_next(workbench)[1] == seeded != members
    visitor.set_offline(False)


def test_an_image_that_cannot_be_trusted_is_thrown_away(visitor: BrowserContext) -> None:
    workbench = opened(visitor)
    workbench.run()
    workbench.expect_image(TAKEN)
    page = workbench.page
    (name,) = page.evaluate(NAMES)

    page.evaluate(DAMAGE)
    page.reload()
    workbench.wait_until_ready()
    workbench.expect_image(NOT_YET)
    assert page.evaluate(NAMES) == []
    workbench.run()
    workbench.expect_image(TAKEN)

    page.evaluate(RENAME, "0123456789ab")
    page.reload()
    workbench.wait_until_ready()
    workbench.expect_image(NOT_YET)
    workbench.run()
    workbench.expect_image(TAKEN)
    assert page.evaluate(NAMES) == [name]


def test_a_restored_python_that_dies_before_it_answers_is_restored_no_more(visitor: BrowserContext) -> None:
    workbench = opened(visitor)
    workbench.script("return redis.call('INCR', KEYS[1])", ["kept"], fixture="SET kept 41")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 42")
    workbench.expect_image(TAKEN)
    expect(workbench.page.get_by_role("contentinfo")).to_contain_text("saved in this browser")
    page = workbench.page
    page.add_init_script(DIES_BEFORE_IT_ANSWERS)
    page.reload()
    workbench.wait_until_ready()
    assert page.evaluate("sessionStorage.getItem('has died')") == "once"
    workbench.expect_image(REFUSED)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.evaluate(NAMES) == []
    workbench.console("GET kept")
    expect(workbench.console_output).to_contain_text('"42"')


def test_a_worker_that_ends_is_followed_by_a_restored_one(visitor: BrowserContext, plain_url: str) -> None:
    workbench = Workbench(visitor.new_page())
    workbench.open(plain_url)  # not isolated: Stop has to end the worker
    workbench.script("return redis.call('INCR', KEYS[1])", ["kept"], fixture="SET kept 41")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 42")
    workbench.expect_image(TAKEN)

    workbench.write("Script", "while true do redis.call('INCR', KEYS[1]) end")
    workbench.run()
    workbench.page.get_by_role("button", name=re.compile("^Stop")).click()
    expect(workbench.page.get_by_text("Python had to be ended for that")).to_be_visible()
    workbench.wait_until_ready()
    workbench.expect_image(RESTORED)
    workbench.console("GET kept")
    expect(workbench.console_output).to_contain_text('"42"')

    workbench.engine.evaluate("setTimeout(() => { throw new Error('as if Python had died') })")
    expect(workbench.page.get_by_role("alert")).to_contain_text("Python stopped working and was started again.")
    workbench.wait_until_ready()
    workbench.expect_image(RESTORED)
    workbench.write("Script", "local total = redis.call('INCR', KEYS[1])\nreturn total + math.random(1, 1)")
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    workbench.page.get_by_role("button", name="Step over", exact=True).click()
    expect(workbench.page.get_by_role("region", name="Call stack")).to_contain_text("line 2")
    workbench.page.get_by_role("button", name="To end", exact=True).click()
    workbench.run()
    workbench.tab("Reply")
    expect(workbench.reply).to_have_text("(integer) 43")


def test_whoever_wants_none_has_none(visitor: BrowserContext) -> None:
    visitor.add_init_script("Object.defineProperty(navigator, 'connection', {get: () => ({saveData: !window.lavish})})")
    workbench = opened(visitor)
    page = workbench.page
    workbench.run()
    workbench.expect_image("None is taken here: memory or storage is short, or data is to be saved.")
    page.evaluate("window.lavish = true")
    engine = page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine"))
    wish = page.get_by_role("checkbox", name=re.compile("^Keep an image of Python.s memory"))
    for _ in range(2):
        engine.click()
        wish.click()
        page.keyboard.press("Escape")
    workbench.expect_image(TAKEN)
    engine.click()
    wish.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Engine")).to_have_count(0)
    workbench.expect_image("None is kept.")
    page.wait_for_function(NAMES.replace("return names", "return names.length === 0"))
    page.reload()
    workbench.wait_until_ready()
    workbench.run()
    workbench.expect_image("None is kept.")
    assert page.evaluate(NAMES) == []
