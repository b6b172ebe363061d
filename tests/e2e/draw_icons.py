"""The pictures that are made of the mark, drawn anew when it changes. Run it by hand:

.venv/bin/python -m tests.e2e.draw_icons
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.servers.browser import chromium

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
_OUT = STATIC / "img"
_MARK = (_OUT / "mark.svg").read_text(encoding="utf-8")
_INTER = base64.b64encode(
    (STATIC / "lib/inter/inter-latin-wght-normal.woff2").read_bytes()
).decode()

_PLAIN = "<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>"
# Phones cut a shape of their own out of it: the color reaches the edges, the sign stays in the middle.
_FULL = _PLAIN + (
    "<style>body{background:linear-gradient(135deg,#2fe8d3,#2f9df4 50%,#5a4df0)}"
    "svg{scale:.74}rect{fill:none}</style>"
)
_CARD = (
    f"<style>@font-face{{font-family:Inter;font-weight:100 900;"
    f"src:url(data:font/woff2;base64,{_INTER})}}"
    "*{margin:0}body{width:1200px;height:630px;display:grid;place-content:center;justify-items:center;"
    "gap:44px;color:#f4f7fb;font-family:Inter;background:"
    "radial-gradient(760px 520px at 88% 0%,#5a4df06b,transparent),"
    "radial-gradient(760px 520px at 10% 105%,#2fe8d34d,transparent),#0b0e14}"
    "svg{width:190px}h1{font-size:112px;font-weight:800;letter-spacing:-.045em;line-height:1}"
    "b{color:#48d6ee;font-weight:800}</style>"
)


def _draw(browser: Browser, html: str, size: tuple[int, int]) -> bytes:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_content(html)
    page.evaluate("document.fonts.ready")
    picture = page.screenshot(omit_background=True)
    page.close()
    return _packed(picture)


def _packed(picture: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        opened.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Draw them all."""
    with chromium() as browser:
        for size in (192, 512):
            (_OUT / f"icon-{size}.png").write_bytes(_draw(browser, _PLAIN + _MARK, (size, size)))
        (_OUT / "icon-maskable-512.png").write_bytes(_draw(browser, _FULL + _MARK, (512, 512)))
        (_OUT / "touch-icon.png").write_bytes(_draw(browser, _FULL + _MARK, (180, 180)))
        card = _draw(browser, f"{_CARD}{_MARK}<h1>Stre<b>Air</b></h1>", (1200, 630))
        with Image.open(io.BytesIO(card)) as opened:
            opened.convert("RGB").save(
                _OUT / "share.jpg", quality=88, optimize=True, progressive=True
            )
        largest = _draw(browser, _PLAIN + _MARK, (48, 48))
        with Image.open(io.BytesIO(largest)) as opened:
            opened.save(_OUT / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])


if __name__ == "__main__":
    main()
