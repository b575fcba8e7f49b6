"""The first visit, and the gallery of examples: found by words and topics, looked at, opened with all they have."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from e2e.workbench import Workbench


def gallery(workbench: Workbench) -> Locator:
    workbench.page.get_by_role("banner").get_by_role("button", name="Examples").click()
    return workbench.page.get_by_role("dialog", name="Examples")


def test_a_newcomer_is_told_what_this_is_and_runs_it(workbench: Workbench) -> None:
    explanation = workbench.page.get_by_role("region", name="What this page is")
    expect(explanation).to_contain_text("no server, nothing to install")
    explanation.get_by_role("button", name="Try it: run this script").click()
    expect(workbench.reply).to_have_text("(integer) 1")
    expect(explanation).to_have_count(0)


def test_the_explanation_stays_closed(workbench: Workbench) -> None:
    explanation = workbench.page.get_by_role("region", name="What this page is")
    explanation.get_by_role("button", name="Close the explanation").click()
    expect(explanation).to_have_count(0)
    workbench.page.reload()
    expect(workbench.page.get_by_role("region", name="Example")).to_be_visible()
    expect(explanation).to_have_count(0)


def test_examples_are_found_by_words_and_topics(workbench: Workbench) -> None:
    dialog = gallery(workbench)
    expect(dialog.get_by_role("listitem").nth(24)).to_be_attached()
    topic = dialog.get_by_role("group", name="Topics").get_by_role("button", name="rate limiter")
    topic.click()
    expect(topic).to_have_attribute("aria-pressed", "true")
    expect(dialog.get_by_role("listitem")).to_have_count(6)
    dialog.get_by_role("searchbox").fill("sliding")
    expect(dialog.get_by_role("listitem")).to_contain_text(["Sliding window"])
    preview = dialog.get_by_role("region", name="Script of the example")
    expect(preview).to_contain_text("ZREMRANGEBYSCORE")
    topic.click()
    dialog.get_by_role("searchbox").fill("crocodile")
    expect(dialog.get_by_text("No example matches.")).to_be_visible()


def test_an_opened_example_shows_its_paragraph_fixture_and_tests(workbench: Workbench) -> None:
    dialog = gallery(workbench)
    dialog.get_by_role("searchbox").fill("token bucket allows bursts")
    dialog.get_by_role("listitem").get_by_role("button").click()
    expect(dialog).to_have_count(0)
    expect(workbench.page.get_by_role("region", name="Example")).to_contain_text("A rate limiter that allows bursts")
    expect(workbench.page.get_by_role("tab", name="Fixture")).to_contain_text("1")
    workbench.page.get_by_role("tab", name="Tests").click()
    workbench.page.get_by_role("button", name="Run all").click()
    expect(workbench.page.get_by_role("status").filter(has_text="3 passed, 0 failed")).to_be_visible()
