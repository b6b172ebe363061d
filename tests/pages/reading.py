"""Reading a page as a test does: its text, its forms, what the Content-Security-Policy would refuse."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Protocol


class Answer(Protocol):
    """Whatever the test client returns."""

    @property
    def content(self) -> bytes: ...


class Reader(HTMLParser):
    """Collects what tests ask for while a page is parsed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.values: dict[str, str] = {}
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; see whether a strict policy would have to refuse a part of it."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        inline = [name for name in found if name == "style" or name.startswith("on")]
        self.inline += [f"{tag} {name}" for name in inline]
        is_data = found.get("type") == "application/ld+json"  # Which browsers do not run.
        if tag == "style" or (tag == "script" and "src" not in found and not is_data):
            self.inline.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag in {"input", "textarea"} and "name" in found:
            self.values[found["name"]] = found.get("value", "")
        if tag == "a":
            self.links.append(found.get("href", ""))

    def having(self, attribute: str) -> list[dict[str, str]]:
        """Return the attributes of every element that has this one."""
        return [attrs for _tag, attrs in self.tags if attribute in attrs]


def read(response: Answer) -> Reader:
    """Parse the page that was answered."""
    return Reader(response.content.decode())
