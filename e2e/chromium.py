"""Which Chromium the page's tests and the benchmarks drive."""

from __future__ import annotations

import os
import shutil
from typing import Final

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first one there is used; the headless shell is the same browser without windows, and costs a third less."""


def executable() -> str | None:
    """The one that CHROMIUM names, or an installed one; None for Playwright's own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def arguments() -> list[str]:
    """What each is started with."""
    return ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"] + (
        ["--no-sandbox"] if os.geteuid() == 0 else []
    )
