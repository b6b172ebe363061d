"""One browser per person, and what each of them saw, heard and complained about."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, WebSocket


class Browsers:
    """Opens pages in contexts of their own, as different people would."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.complaints: list[str] = []
        self._browser = browser
        self._url = url
        self._pages: list[Page] = []
        self._seen: dict[Page, list[str]] = {}

    def open(self, path: str, *, expect: tuple[str, ...] = (), init: str = "", **more: Any) -> Page:
        """Return a new person's page.

        `expect` are words in console errors that the test provokes; `init` is a script that runs
        before the page's own; `more` goes to Playwright's `new_context`.
        """
        # While it is being installed Chromium skips view transitions, and complains of that.
        usual = {"base_url": self._url, "locale": "vi-VN", "service_workers": "block"}
        context = self._browser.new_context(**{**usual, **more})
        context.set_default_timeout(60_000)  # Two cores share everything, the encoder included.
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        self._pages.append(page)
        self._listen(page, expect)
        if init:
            page.add_init_script(init)
        page.goto(path)
        return page

    def everything_seen_by(self, page: Page) -> str:
        """Return the page as it is now, what it asked for, and what its sockets heard."""
        return "\n".join([page.content(), *self._seen[page]])

    def close(self) -> None:
        """Close them all."""
        for page in self._pages:
            page.context.close()

    def _listen(self, page: Page, expect: tuple[str, ...]) -> None:
        seen = self._seen.setdefault(page, [])

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error" and not any(word in message.text for word in expect):
                self.complaints.append(f"{message.text} ({message.location.get('url')})")

        def connect(socket: WebSocket) -> None:
            socket.on("framereceived", lambda frame: seen.append(str(frame)))

        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", hear)
        page.on("request", lambda request: seen.append(request.url))
        page.on("websocket", connect)
