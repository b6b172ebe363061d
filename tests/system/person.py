"""Somebody at the site's pages, by plain HTTP: forms, cookies, tokens; no scripts."""

from __future__ import annotations

import html
import re
import uuid
from types import TracebackType
from typing import Self

import requests

from tests.servers.site import Site

_TIMEOUT_SECONDS = 20
_PASSWORD = "a-Secret-word"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')


class Person:
    """One browser without scripts, reading English; signed in after `sign_up` or `sign_in`."""

    def __init__(self, site: Site) -> None:
        self.name = f"person_{uuid.uuid4().hex[:8]}"
        self._site = site
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._session.close()

    @property
    def cookies(self) -> str:
        """The header that makes somebody else's request this person's."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._session.cookies)

    def see(self, path: str) -> str:
        """Return the page at `path`."""
        return self._text(self._session.get(self._url(path), timeout=_TIMEOUT_SECONDS))

    def fill_in(self, page: str, /, action: str = "", **fields: str) -> str:
        """Send the form on `page` (or another of its forms, by `action`); return the next page."""
        token = _TOKEN.search(self.see(page))
        assert token is not None, f"there is no form on {page}"
        fields["csrfmiddlewaretoken"] = token[1]
        url = self._url(action or page)
        return self._text(self._session.post(url, fields, timeout=_TIMEOUT_SECONDS))

    def sign_up(self) -> None:
        """Become somebody."""
        self.fill_in(
            "/en/sign-up/",
            username=self.name,
            email=f"{self.name}@example.org",
            password=_PASSWORD,
        )

    def sign_in(self, name: str) -> None:
        """Become who is there already, with the password that everybody has here."""
        self.name = name
        page = self.fill_in("/en/sign-in/", name=name, password=_PASSWORD)
        assert "/sign-out/" in page, page

    def open_room(self, title: str) -> str:
        """Open a room; return its id."""
        self.fill_in("/en/studio/", action="/en/studio/rooms/", title=title)
        found = re.search(r'data-room-id="([^"]+)"', self.see("/en/studio/"))
        assert found is not None, "no room was opened"
        return found[1]

    def end_room(self, room_id: str) -> None:
        """End it, having been asked."""
        self.fill_in(f"/en/studio/rooms/{room_id}/end/")

    def reveal_key(self) -> str:
        """Have the studio show the real stream key."""
        page = self.fill_in("/en/studio/", action="/en/studio/key/reveal/")
        found = re.search(r"sk_[0-9a-z]{32}", page)
        assert found is not None, "the studio shows no key"
        return found[0]

    def studio(self) -> str:
        """Return the studio as it is read: in English, without escapes."""
        return html.unescape(self.see("/en/studio/"))

    def state(self) -> str:
        """Return how the room stands, as the studio has it; empty without a room."""
        found = re.search(r'data-state="([a-z]+)"', self.see("/en/studio/"))
        return found[1] if found else ""

    def problems(self) -> list[str]:
        """Return the codes of the problems that the studio tells."""
        found = re.search(r'data-problems="([^"]*)"', self.see("/en/studio/"))
        return found[1].split() if found else []

    def _url(self, path: str) -> str:
        return f"{self._site.url}{path}"

    def _text(self, answer: requests.Response) -> str:
        answer.raise_for_status()
        return answer.text
