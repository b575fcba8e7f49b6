"""The page loads its engine, in a browser, from its own server alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_the_engine_answers(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("7.0.15")).to_be_visible(timeout=30_000)
