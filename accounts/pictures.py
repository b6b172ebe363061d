"""Pictures that people send: judged before they are decoded, made anew without anything but the picture. Pure."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

from PIL import Image, ImageOps

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS_A_SIDE = 4096
# The first that can read it does; SVG and everything else that runs or refers is not among them.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# A progressive JPEG draws the whole picture once for each scan: encoders make some ten, bombs of 33 bytes each
# a hundred thousand. The mark cannot stand among a scan's own bytes.
_SCAN = b"\xff\xda"
_MOST_SCANS = 100
_QUALITY = 82

# What Pillow raises for files that are not what they say.
_UNREADABLE = (
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError),
    *(struct.error, OverflowError, MemoryError, ZeroDivisionError),
)

Size = tuple[int, int]


class UnusablePicture(Exception):
    """This is no picture that we take."""


class PictureTooLarge(UnusablePicture):
    """It has more bytes, or more pixels on a side, than we take."""


def remake(data: bytes, sizes: Mapping[str, Size]) -> dict[str, bytes]:
    """Return WebP pictures of these sizes, cut from the middle of the picture in `data`.

    Raises UnusablePicture. Of a moving picture the first frame is used.
    """
    if len(data) > MOST_BYTES:
        raise PictureTooLarge
    picture = _decode(data)
    return {name: _webp(ImageOps.fit(picture, size)) for name, size in sizes.items()}


def _decode(data: bytes) -> Image.Image:
    try:
        # This reads the head only.
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if max(opened.size) > MOST_PIXELS_A_SIDE:
                raise PictureTooLarge
            if opened.format in {"JPEG", "MPO"} and data.count(_SCAN) > _MOST_SCANS:
                raise UnusablePicture
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            is_plain = upright.mode in {"L", "RGB"} and "transparency" not in upright.info
            return upright.convert("RGB" if is_plain or upright.mode == "CMYK" else "RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise PictureTooLarge from exc
    except _UNREADABLE as exc:
        raise UnusablePicture from exc


def _webp(picture: Image.Image) -> bytes:
    # Onto an empty one: what a file says beside its pixels stays behind.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
