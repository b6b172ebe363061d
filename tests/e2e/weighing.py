"""What a page costs its reader: requests, bytes on the wire, how still it stands, when it shows something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

# Layout shifts and the largest paint from the page's start on, and when the video showed its first picture.
WATCH_PAINTS = """
window.paints = { shift: 0, largest: 0, picture: 0, shifted: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.paints.shift += entry.value;
    for (const { node } of entry.sources) window.paints.shifted.push(node?.className ?? String(node));
  }
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  window.paints.largest = list.getEntries().at(-1).startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
addEventListener("DOMContentLoaded", () => {
  document.querySelector("video")?.requestVideoFrameCallback((now) => { window.paints.picture = now; });
});
"""


@dataclass(slots=True)
class Weight:
    """What went over the wire while a page was opened, by address."""

    bytes_of: dict[str, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return len(self.bytes_of)

    @property
    def total(self) -> int:
        return sum(self.bytes_of.values())

    @property
    def scripts(self) -> int:
        return sum(size for path, size in self.bytes_of.items() if path.endswith(".js"))

    def lines(self) -> list[str]:
        """Return what came, largest first, for who wants to know what to do about it."""
        ordered = sorted(self.bytes_of.items(), key=lambda pair: -pair[1])
        return [f"{size:>8} {path}" for path, size in ordered]


def weigh(page: Page, path: str, *, ready: Callable[[Page], Any]) -> Weight:
    """Open `path` with an empty cache and return what it took until `ready`; the video does not count."""
    weight = Weight()
    paths: dict[str, str] = {}
    devtools = page.context.new_cdp_session(page)

    def sent(event: dict[str, Any]) -> None:
        address = urlsplit(event["request"]["url"])
        if address.scheme.startswith("http") and not address.path.endswith(".flv"):
            paths[event["requestId"]] = address.path

    def finished(event: dict[str, Any]) -> None:
        if path := paths.get(event["requestId"]):
            weight.bytes_of[path] = int(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", sent)
    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    page.goto(path)
    ready(page)
    page.wait_for_load_state("load")
    devtools.detach()
    return weight
