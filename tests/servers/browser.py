"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.servers.process import ServerError

_FLAGS = [
    "--no-sandbox",  # Root and containers have none; the tests open our own pages only.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@contextlib.contextmanager
def chromium(*, flags: list[str] | None = None) -> Iterator[Browser]:
    """Run a headless Chromium.

    Playwright's sync API keeps an event loop running in this thread: no async test can run in it
    until this block ends.
    """
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise ServerError("Chromium is not installed (deploy/packages.txt).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *(flags or [])])
        yield browser
        browser.close()


class Complaints:
    """What a page's scripts threw and the Content-Security-Policy refused."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.found.append(f"{page.url}: {message.text}")
