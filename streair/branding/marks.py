"""The site's mark, when its keepers send one: kept in the sizes that tabs, pages and home screens want."""

from __future__ import annotations

import io
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from accounts.pictures import Size, remake
from streair.core.brand import MARK_SIZES

_FOLDER = "marks"
_SIZES: dict[str, Size] = {size: (int(size), int(size)) for size in MARK_SIZES}
_LIVE = "live"
_DOT = "#e5173f"


def keep(data: bytes) -> str:
    """Make the files of the picture in `data` and return their name. Raises UnusablePicture."""
    files = remake(data, _SIZES)
    files[_LIVE] = _with_dot(files["64"])
    name = f"{_FOLDER}/{secrets.token_hex(12)}"
    for size, content in files.items():
        default_storage.save(f"{name}-{size}.webp", ContentFile(content))
    return name


def drop(name: str) -> None:
    """Delete the files of a mark that is shown no more."""
    for size in (*MARK_SIZES, _LIVE):
        default_storage.delete(f"{name}-{size}.webp")


def _with_dot(picture: bytes) -> bytes:
    """Return the smallest picture with the dot that says "live" in its corner."""
    with Image.open(io.BytesIO(picture), formats=["WEBP"]) as opened:
        shown = opened.convert("RGBA")
    draw = ImageDraw.Draw(shown)
    draw.ellipse((36, 36, 63, 63), fill="white")
    draw.ellipse((39, 39, 60, 60), fill=_DOT)
    out = io.BytesIO()
    shown.save(out, "WEBP", quality=90)
    return out.getvalue()
