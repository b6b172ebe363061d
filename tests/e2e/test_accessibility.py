"""Every page in every state: axe finds nothing, the policy forbids nothing, and it fits narrow and zoomed screens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.e2e.scenes import Visit, scenes_of
from tests.servers.browser import Complaints
from tests.servers.site import Site, running_site

# Some fifty pages, one after another.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

_AXE = Path(__file__).resolve().parents[1] / "peers/node_modules/axe-core/axe.min.js"
_FILL = """
import json
from tests.e2e import sample
ids = sample.fill() | {"overlay": sample.overlay_secret_of("linh")}
people = ["linh", "minh_anh", "newcomer", "quang", "bao_ngoc", "keeper", "tuan"]
print(json.dumps({"ids": ids, "sessions": {name: sample.session_of(name) for name in people}}))
"""
# Names of rules and where they were broken: enough to mend it.
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${target} ${html.slice(0, 120)}`));
}"""
# What reaches past the right edge, if the page can be moved there.
_WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > clientWidth + 1)
    .slice(0, 3)
    .map((part) => part.outerHTML.slice(0, 120));
}"""
# With forced colors backgrounds are gone: whatever can be pressed or typed into needs an edge or a text.
_BARE = """() => [...document.querySelectorAll("main .button, main .input, main input, main select")]
  .filter((part) => part.checkVisibility() && getComputedStyle(part).appearance !== "auto")
  .filter((part) => part.type !== "range" && getComputedStyle(part).borderTopWidth === "0px")
  .map((part) => part.outerHTML.slice(0, 120))"""
# What goes on moving for those who asked that nothing does. The sign of waiting turns slowly: it says that something happens.
_MOVING = """() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().duration > 10)
  .filter((one) => one.effect.getComputedTiming().iterations > 1)
  .filter((one) => one.animationName !== "player-turn")
  .map((one) => one.animationName ?? one.transitionProperty)"""
# 200 % zoom on a small laptop.
_ZOOMED: ViewportSize = {"width": 640, "height": 360}

Scenes = dict[str, tuple[str, Visit]]


class Gallery:
    """A site with people and rooms in every state, and how to look at it."""

    def __init__(self, site: Site) -> None:
        filled = json.loads(site.python(_FILL).splitlines()[-1])
        self.url = site.url
        # OBS lays an overlay over a picture: nobody reads it as a page.
        self.scenes: Scenes = {
            name: scene
            for name, scene in scenes_of(filled["ids"]).items()
            if not name.startswith("overlay")
        }
        self._sessions: dict[str, str] = filled["sessions"]

    def dress(self, context: BrowserContext, who: str, theme: str, language: str) -> None:
        """Let the next page be seen by `who`."""
        context.clear_cookies()
        chosen = {"theme": theme, "language": language}
        if who:
            chosen["sessionid"] = self._sessions[who]
        context.add_cookies([{"name": n, "value": v, "url": self.url} for n, v in chosen.items()])

    def pages(
        self, browser: Browser, theme: str, language: str, **more: Any
    ) -> Iterator[tuple[str, Page, Complaints]]:
        """Visit every scene, one after another."""
        context = browser.new_context(locale=language, reduced_motion="reduce", **more)
        context.set_default_timeout(60_000)
        base = self.url + ("/en" if language == "en" else "")
        for name, (who, visit) in self.scenes.items():
            self.dress(context, who, theme, language)
            page = context.new_page()
            heard = Complaints(page)
            visit(page, base)
            yield name, page, heard
            page.close()
        context.close()


@pytest.fixture(scope="module")
def gallery() -> Iterator[Gallery]:
    with running_site() as site:
        yield Gallery(site)


@pytest.mark.parametrize(
    ("theme", "language", "width"), [("dark", "vi", 1440), ("light", "en", 360)]
)
def test_nobody_is_shut_out(
    browser: Browser, gallery: Gallery, theme: str, language: str, width: int
) -> None:
    axe = _AXE.read_text(encoding="utf-8")
    found: list[str] = []

    size = {"width": width, "height": 800}
    for name, page, heard in gallery.pages(browser, theme, language, viewport=size):
        # The debugger puts it in, past the page's policy; its own styles are refused, which does no harm.
        page.evaluate(axe)
        found += [f"{name}: {broken}" for broken in page.evaluate(_RUN)]
        found += [f"{name} moves: {part}" for part in page.evaluate(_MOVING)]
        found += [f"{name} is too wide: {part}" for part in page.evaluate(_WIDE)]
        page.set_viewport_size(_ZOOMED)
        found += [f"{name}, zoomed, is too wide: {part}" for part in page.evaluate(_WIDE)]
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        found += [f"{name} has no edge: {part}" for part in page.evaluate(_BARE)]
        found += [f"{name}: {complaint}" for complaint in heard.found]

    assert not found, "\n".join(found)
