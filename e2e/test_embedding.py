"""Scripts in pages of other sites: read as they stand, run in a face of Ferrous that knows nothing of its visitor."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from e2e.test_manners import violations
from e2e.workbench import Workbench

MARKER = "the-visitors-own-work"

HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>A blog</h1>
<ferrous-script name="First &lt;one&gt;" keys="counter" argv='["two words"]' fixture="SET counter 41">
<pre><code><i>-- adds &lt;one&gt;</i>
<b>local</b> said = ARGV[1]
<b>return</b> redis.call('INCR', KEYS[1]) .. said
</code></pre>
</ferrous-script>
<ferrous-script name="Second"><pre><code><b>while</b> true <b>do</b> <b>end</b></code></pre></ferrous-script>
<ferrous-script name="Third" keys="[broken"><pre>return 3</pre></ferrous-script>
</main>
<script>
  window.heard = [];
  addEventListener("message", (event) => heard.push(event.data));
</script>
<script src="%s/ferrous-script.js" defer></script></html>"""


@pytest.fixture(scope="module")
def blog(base_url: str) -> Iterator[str]:
    """A page of another site, with a policy of its own that allows Ferrous."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            framing = self.path.partition("?frame=")[2]
            page = f'<!doctype html><iframe src="{framing}"></iframe>' if framing else HOST % base_url
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; script-src 'unsafe-inline' {base_url}; frame-src http://127.0.0.1:*",
            )
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("localhost", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def face(page: Page, name: str) -> FrameLocator:
    return page.frame_locator(f'iframe[title="{name}, in Ferrous"]')


def begin(page: Page, name: str) -> FrameLocator:
    """Presses the button of a script; answers its face."""
    page.get_by_role("figure").filter(has_text=name).get_by_role("button", name="Run it here").click()
    return face(page, name)


def test_a_script_on_another_site_is_read_run_and_opened(browser: Browser, base_url: str, blog: str) -> None:
    context = browser.new_context(service_workers="block")
    own = Workbench(context.new_page())
    own.page.goto(base_url)
    own.script(f"return '{MARKER}'")
    expect(own.page.get_by_role("contentinfo")).to_contain_text("saved in this browser")
    kept: Any = own.page.evaluate("JSON.stringify(localStorage)")
    assert MARKER in kept

    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(blog)
    script = page.get_by_role("region", name="First <one>")
    expect(script).to_have_text("-- adds <one>\nlocal said = ARGV[1]\nreturn redis.call('INCR', KEYS[1]) .. said")
    assert page.evaluate("document.querySelector('ferrous-script pre').textContent").startswith("-- adds <one>")
    expect(page.get_by_text("The attributes of this script cannot be read")).to_be_visible()
    assert [url for url in asked if url.startswith(base_url)] == [f"{base_url}/ferrous-script.js"]
    assert violations(page) == []

    first = begin(page, "First <one>")
    expect(first.get_by_role("heading", name="First <one>")).to_be_visible()
    expect(first.get_by_text("Run shows the reply here.")).to_be_visible()
    page.evaluate("frames[0].postMessage({type: 'run', ferrous: 'run', script: 'return 1'}, '*')")
    page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    expect(first.get_by_text("Run shows the reply here.")).to_be_visible()
    assert page.workers == []
    first.get_by_role("button", name="Run").click()
    reply = first.get_by_role("region", name="Reply")
    expect(reply).to_contain_text('"42two words"')
    expect(reply).to_contain_text("1 command, 1 key changed")
    first.get_by_role("textbox", name="Lua script").press("ControlOrMeta+End")
    page.keyboard.type(" .. '!'")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(reply).to_contain_text('"42two words!"')

    second = begin(page, "Second")
    second.get_by_role("button", name="Run").click()
    second.get_by_role("button", name="Stop").click()
    expect(second.get_by_role("region", name="Reply")).to_contain_text("stopped")
    page.keyboard.press("Escape")
    second.get_by_role("textbox", name="Lua script").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("local t = nil\nreturn t.x")
    second.get_by_role("button", name="Run").click()
    expect(second.get_by_role("region", name="Reply")).to_contain_text("attempt to index local 't' (a nil value)")
    assert [frame.evaluate("Boolean(globalThis.ferrousEngine)") for frame in page.frames[1:]].count(True) == 1

    assert page.evaluate("heard.every((data) => Object.keys(data).join() === 'ferrous,height' && data.height > 0)")
    assert all(MARKER not in frame.content() for frame in page.frames[1:])
    assert own.page.evaluate("JSON.stringify(localStorage)") == kept
    with context.expect_page() as opened:
        first.get_by_role("link", name="Open in the workbench").click()
    there = Workbench(opened.value)
    there.wait_until_ready()
    expect(there.page.get_by_role("textbox", name="Lua script")).to_contain_text("said .. '!'")
    expect(there.page.get_by_role("textbox", name="KEYS[1]")).to_have_value("counter")
    expect(there.page.get_by_role("textbox", name="ARGV[1]")).to_have_value("two words")
    assert errors == []
    context.close()


def test_a_script_is_read_without_any_javascript(browser: Browser, blog: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(blog)
    expect(page.get_by_text("local said = ARGV[1]")).to_be_visible()
    expect(page.get_by_role("emphasis")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_face_is_for_everybody(browser: Browser, base_url: str, scheme: Any) -> None:
    size: Any = {"width": 390, "height": 800}
    context = browser.new_context(
        base_url=base_url, color_scheme=scheme, viewport=size, has_touch=True, is_mobile=True, service_workers="block"
    )
    page = context.new_page()
    page.goto("/embedding.html")
    expect(page.get_by_role("button", name="Run it here")).to_have_count(3)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Run it here").first.focus()
    page.keyboard.press("Enter")
    shown = face(page, "Release a lock")
    expect(shown.get_by_role("button", name="Run")).to_be_visible()
    page.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Run")).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown.get_by_role("region", name="Reply")).to_contain_text("(integer) 1")
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth") <= 390
    small = "() => [...document.querySelectorAll('button, a')].filter((part) => part.offsetHeight < 40).length"
    assert frame.evaluate(small) == 0
    assert violations(frame) == []  # type: ignore[arg-type]
    context.close()


@pytest.mark.parametrize("address", ["base_url", "plain_url"])
def test_the_workbench_itself_is_not_framed(
    page: Page, blog: str, address: str, request: pytest.FixtureRequest
) -> None:
    """By a header where the host sends one; a host that sends none has a page that refuses to work there."""
    site = request.getfixturevalue(address)
    page.goto(f"{blog}?frame={site}/")
    if address == "plain_url":
        expect(
            page.frame_locator("iframe").get_by_role("link", name="Open Ferrous in a window of its own")
        ).to_be_visible()
    else:
        expect(page.frame_locator("iframe").get_by_role("textbox")).to_have_count(0)
    assert not [worker for worker in page.workers if "/worker-" in worker.url]


def test_share_has_the_html_for_another_page(workbench: Workbench, base_url: str) -> None:
    page = workbench.page
    workbench.script(
        '-- <"&>\nlocal x = redis.call("GET", KEYS[1])\nreturn x', keys=["a b", "c"], fixture='SET "a b" 1'
    )
    page.get_by_role("banner").get_by_role("button", name="Share").click()
    page.get_by_text("Put it into another page").click()
    snippet = page.get_by_role("dialog").get_by_label("HTML for another page").inner_text()
    assert f'<script src="{base_url}/ferrous-script.js" defer></script>' in snippet
    page.route("**/pasted", lambda route: route.fulfill(body=f"<!doctype html>{snippet}", content_type="text/html"))
    page.goto(f"{base_url}/pasted")
    shown = begin(page, "Release a lock")
    shown.get_by_role("button", name="Run").click()
    expect(shown.get_by_role("region", name="Reply")).to_contain_text('"1"')
