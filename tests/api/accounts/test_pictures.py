"""Pictures of people: made anew, whatever was sent; bombs and everything odd refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from accounts import limits
from tests.api.accounts.people import App
from tests.factories import UserFactory

# Old files go once a transaction commits.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for what is sent."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, options.pop("color", 0)).save(out, kind, **options)
    return out.getvalue()


def send(app: App, data: bytes, kind: str = "image/png", *, what: str = "avatar") -> Any:
    """Send `data` as the body."""
    headers = {"authorization": f"Bearer {app.token}", "accept-language": "en"}
    return app.client.put(f"/api/users/me/{what}", data, content_type=kind, headers=headers)


def served(url: str) -> Any:
    """Return the answer to a request for a file."""
    return Client().get(url)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "I;16")),
        *(("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGBA"), ("GIF", "P")),
        *(("PNG", "1"), ("PNG", "LA")),
    ],
)
def test_a_picture_becomes_webp_in_fixed_sizes(folder: Path, kind: str, mode: str) -> None:
    app = App(UserFactory())

    answer = send(app, picture(kind, mode=mode), f"image/{kind.lower()}")

    assert answer.status_code == 200
    url = answer.json()["avatarUrl"]
    file = served(url)
    with Image.open(io.BytesIO(file.content)) as made:
        assert (made.format, made.size) == ("WEBP", (512, 512))
    assert file["Content-Type"] == "image/webp"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(files(folder)) == 2


def test_a_banner_is_wide() -> None:
    answer = send(App(UserFactory()), picture(), what="banner")

    file = served(answer.json()["bannerUrl"])
    with Image.open(io.BytesIO(file.content)) as made:
        assert made.size == (1500, 500)


def test_a_form_will_do_too() -> None:
    app = App(UserFactory())
    file = SimpleUploadedFile("me.svg.php", picture("JPEG"), content_type="text/html")

    answer = send(app, encode_multipart(BOUNDARY, {"file": file}), MULTIPART_CONTENT)

    assert answer.json()["avatarUrl"].endswith("-512.webp")
    assert "php" not in answer.json()["avatarUrl"]


def test_what_a_file_says_beside_its_pixels_stays_behind(folder: Path) -> None:
    secret = b"21.0285N 105.8542E"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()  # ImageDescription
    exif[0x0112] = 6  # Orientation: turned by 90 degrees.
    out = io.BytesIO()
    wide = Image.new("RGB", (400, 200), "white")
    wide.paste("red", (0, 0, 200, 200))
    wide.save(out, "JPEG", exif=exif, comment=secret, icc_profile=secret, quality=95)
    assert secret in out.getvalue()

    send(App(UserFactory()), out.getvalue(), "image/jpeg")

    for path in folder.rglob("*.webp"):
        assert secret not in path.read_bytes()
        with Image.open(path) as made:
            assert not made.getexif()
            assert set(made.info) <= {"loop", "background", "timestamp", "duration"}
            # It stands upright: what was left is on top.
            top, bottom = (
                made.convert("RGB").getpixel((made.width // 2, y)) for y in (5, made.height - 5)
            )
            assert isinstance(top, tuple)
            assert isinstance(bottom, tuple)
            assert (top[1] < 80, bottom[1] > 180) == (True, True)


def test_of_a_moving_picture_the_first_frame_is_used() -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (50, 50), "white"), Image.new("RGB", (50, 50), "black")
    first.save(out, "GIF", save_all=True, append_images=[second] * 50)

    answer = send(App(UserFactory()), out.getvalue(), "image/gif")

    file = served(answer.json()["avatarUrl"])
    with Image.open(io.BytesIO(file.content)) as made:
        assert getattr(made, "n_frames", 1) == 1
        assert made.convert("L").getpixel((25, 25)) == 255


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int, *, rows: bytes = b"", extra: bytes = b"") -> bytes:
    """Return a PNG whose head says this, whatever is in it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + head + extra + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(4097, 10), (10, 4097), (12_000, 12_000), (65_000, 65_000)])
def test_a_bomb_is_refused_by_its_head(folder: Path, size: tuple[int, int]) -> None:
    answer = send(App(UserFactory()), png_that_claims(*size))

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert files(folder) == []


def progressive_jpeg(*, again: int, size: tuple[int, int] = (300, 200)) -> bytes:
    """A progressive JPEG that draws its last scan `again` times more."""
    data = picture("JPEG", size, progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * again + data[-2:]


def test_a_picture_that_draws_itself_over_and_over_is_refused(folder: Path) -> None:
    app = App(UserFactory())

    usual = send(app, progressive_jpeg(again=10), "image/jpeg")
    kept = files(folder)
    bomb = send(app, progressive_jpeg(again=2000, size=(4096, 4096)), "image/jpeg")

    assert usual.status_code == 200
    assert (bomb.status_code, bomb.json()["code"]) == (422, "picture-invalid")
    assert files(folder) == kept


def test_the_largest_that_is_taken_is_taken() -> None:
    data = picture("PNG", (4096, 4096))

    assert send(App(UserFactory()), data).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"\x89PNG\r\n\x1a\n",
        picture("PNG")[:-40],
        picture("JPEG")[: len(picture("JPEG")) // 2],
        png_that_claims(100, 100, rows=b"short"),
        png_that_claims(0, 0),
        png_that_claims(
            10, 10, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 80_000_000, 9))
        ),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\xff" * 100,
        b"RIFF\x10\0\0\0WEBPVP8 \xff\xff\xff\xff",
        picture("TIFF"),
        picture("BMP"),
        picture("PDF"),
        picture("ICO", (32, 32)),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_what_is_no_picture_of_ours_is_refused(folder: Path, data: bytes) -> None:
    answer = send(App(UserFactory()), data)

    assert (answer.status_code, answer.json()["code"]) == (422, "picture-invalid")
    assert list(answer.json()["errors"]) == ["file"]
    assert files(folder) == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [("image/svg+xml", 415), ("text/html", 415), ("application/json", 415), ("", 415)],
)
def test_other_formats_are_not_taken(kind: str, status: int) -> None:
    assert send(App(UserFactory()), picture(), kind).status_code == status


def test_too_many_bytes_are_refused() -> None:
    app = App(UserFactory())
    large = picture() + bytes(5 * 1024 * 1024)
    file = SimpleUploadedFile("x.png", large, content_type="image/png")

    raw = send(app, large)
    form = send(app, encode_multipart(BOUNDARY, {"file": file}), MULTIPART_CONTENT)

    assert [answer.status_code for answer in (raw, form)] == [413, 413]


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"garbage"])
def test_odd_forms_are_refused(body: bytes) -> None:
    for kind in (MULTIPART_CONTENT, "multipart/form-data", "image/png"):
        answer = send(App(UserFactory()), body, kind)
        assert answer.status_code in {400, 422}


def test_a_form_that_cannot_be_read_is_called_one() -> None:
    answer = send(App(UserFactory()), b"--x", "multipart/form-data")

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer.json()["message"] == "This form could not be read."


def test_an_old_picture_goes_when_a_new_one_comes(folder: Path) -> None:
    app = App(UserFactory())
    first = send(app, picture()).json()["avatarUrl"]
    second = send(app, picture(size=(10, 10))).json()["avatarUrl"]

    assert first != second
    assert len(files(folder)) == 2
    assert served(first).status_code == 404

    assert app.ask("delete", "users/me/avatar").json()["avatarUrl"] is None
    assert app.ask("delete", "users/me/avatar").status_code == 200
    assert files(folder) == []


def test_pictures_are_limited() -> None:
    app = App(UserFactory())
    for _ in range(limits.PICTURES.count):
        send(app, b"x")

    assert send(app, picture()).status_code == 429


@pytest.mark.parametrize(
    "path",
    [
        "../secrets.env",
        "avatars/../../x.webp",
        "avatars/",
        "avatars",
        "x.webp",
        "avatars/x.svg",
        "x%00.webp",
    ],
)
def test_only_pictures_are_served(folder: Path, path: str) -> None:
    (folder / "avatars").mkdir()
    (folder / "avatars" / "x.svg").write_text("<svg/>")

    assert Client().get(f"/media/{path}").status_code in {301, 404}
    assert not default_storage.exists("x.webp")
