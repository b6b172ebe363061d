"""Backups of a running site, and restoring them: here, elsewhere, damaged ones, too new ones."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.servers.process import ServerError, wait_until
from tests.servers.site import Site

pytestmark = pytest.mark.system

ADD = "from accounts.models import User; User.objects.create_user({0!r}, {0!r} + '@example.org')"
NAMES = "from accounts.models import User; print(*User.objects.order_by('pk').values_list('username', flat=True))"
KEY = (
    "from accounts.models import User; from streams.services import key_of;"
    "print(key_of(User.objects.get(username='lan')))"
)


def back_up(site: Site) -> Path:
    return Path(site.manage("backup").splitlines()[0])


def members(backup: Path) -> dict[str, bytes]:
    with tarfile.open(backup) as archive:
        found = {entry.name: archive.extractfile(entry) for entry in archive}
        return {name: content.read() if content else b"" for name, content in found.items()}


def rewritten(backup: Path, **changed: bytes) -> Path:
    """Return a copy of the backup with other contents in some members, in the same order."""
    copy = backup.with_name(f"changed-{backup.name}")
    with tarfile.open(copy, "w:gz") as archive:
        for name, content in {**members(backup), **changed}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return copy


def is_up(site: Site) -> bool:
    try:
        return requests.get(f"{site.url}/health/live", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def old(prepare_site: Callable[..., Site]) -> Site:
    """A site with somebody in it, and a picture of theirs."""
    site = prepare_site()
    site.python(ADD.format("lan"))
    (site.data / "media" / "faces").mkdir()
    (site.data / "media" / "faces" / "lan.webp").write_bytes(b"a face")
    return site


def test_a_running_site_is_backed_up_and_brought_back(old: Site) -> None:
    old.web.start()
    wait_until(lambda: is_up(old), timeout=60, what="the site to answer")
    backup = back_up(old)
    old.python(ADD.format("minh"))
    (old.data / "media" / "faces" / "lan.webp").unlink()
    with pytest.raises(ServerError, match="CommandError") as refused:
        old.manage("restore", "--replace", str(backup))
    assert "--replace" not in str(refused.value).splitlines()[-1]
    assert old.python(NAMES).split() == ["lan", "minh"]
    old.web.stop()

    with pytest.raises(ServerError, match="--replace"):
        old.manage("restore", str(backup))
    old.manage("restore", "--replace", str(backup))

    assert old.python(NAMES).split() == ["lan"]
    assert (old.data / "media" / "faces" / "lan.webp").read_bytes() == b"a face"
    (aside,) = old.data.glob("before-restore-*")
    assert (aside / "media" / "faces").is_dir()
    old.web.start()
    wait_until(lambda: is_up(old), timeout=60, what="the site to answer")


def test_it_moves_to_another_machine_with_its_stream_keys(
    old: Site, prepare_site: Callable[..., Site]
) -> None:
    key = old.python(KEY)
    backup = back_up(old)
    new, stranger = prepare_site(), prepare_site(SECRET_KEY="another-machine's-secret-" * 3)

    said = new.manage("restore", str(backup))
    strangely_said = stranger.manage("restore", str(backup))

    assert new.python(NAMES).split() == stranger.python(NAMES).split() == ["lan"]
    assert new.python(KEY) == key
    assert "SECRET_KEY" not in said
    assert "SECRET_KEY" in strangely_said
    assert stranger.python(KEY) != key


def test_a_backup_is_for_its_owner_and_holds_no_secret(old: Site) -> None:
    backup = back_up(old)

    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = b"".join(members(backup).values())
    for name in ("SECRET_KEY", "JWT_SECRET", "HOOK_SECRET"):
        secret = old.python(f"from django.conf import settings; print(settings.{name})").strip()
        assert secret.encode() not in content
    assert old.python(KEY).strip().encode() not in content
    assert not list(backup.parent.glob("*.part"))


def test_only_the_newest_are_kept(old: Site) -> None:
    folder = old.data / "backups"
    folder.mkdir()
    for second in range(3):
        (folder / f"streair-20200101-00000{second}.tar.gz").touch()
    (folder / "of-mine.tar.gz").touch()

    backup = Path(old.manage("backup", "--keep", "2").splitlines()[0])

    assert {path.name for path in folder.iterdir()} == {
        backup.name,
        "streair-20200101-000002.tar.gz",
        "of-mine.tar.gz",
    }


@pytest.mark.parametrize("fault", ["cut", "turned", "newer", "foreign", "escaping", "damaged"])
def test_what_cannot_be_restored_changes_nothing(old: Site, fault: str) -> None:
    backup = back_up(old)
    old.python(ADD.format("minh"))

    with pytest.raises(ServerError, match="CommandError"):
        old.manage("restore", "--replace", str(spoiled(backup, fault)))

    assert old.python(NAMES).split() == ["lan", "minh"]
    assert (old.data / "media" / "faces" / "lan.webp").read_bytes() == b"a face"
    assert not list(old.data.parent.glob("escaped"))
    assert not list(old.data.glob(".restore-*"))


def spoiled(backup: Path, fault: str) -> Path:
    content = backup.read_bytes()
    copy = backup.with_name("spoiled.tar.gz")
    manifest = json.loads(members(backup)["manifest.json"])
    if fault == "cut":
        copy.write_bytes(content[: len(content) // 2])
    elif fault == "turned":  # Bits that fell over in the middle.
        raw = bytearray(gzip.decompress(content))
        packed = bytearray(gzip.compress(raw))
        packed[len(packed) // 2] ^= 0xFF
        copy.write_bytes(packed)
    elif fault == "newer":
        manifest["migrations"].append("rooms.9999_from_the_future")
        return rewritten(backup, **{"manifest.json": json.dumps(manifest).encode()})
    elif fault == "foreign":
        copy.write_bytes(b"no archive at all")
    elif fault == "escaping":
        return rewritten(backup, **{"media/../../../escaped": b"x"})
    else:
        return rewritten(backup, database=b"neither SQLite nor PostgreSQL")
    return copy


def test_an_unwritable_folder_is_named(old: Site) -> None:
    (old.data / "backups").write_text("a file where the folder should be")

    with pytest.raises(ServerError, match="backups"):
        old.manage("backup")
