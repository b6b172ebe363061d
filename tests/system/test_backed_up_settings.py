"""Settings in backups: what is nobody's business is not in there, and the rest comes back on another machine."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

BASE = Path(__file__).resolve().parents[2]
SECRETS = {
    "SECRET_KEY": "kH3vQ0xWm9Zr7TgLs2Yb8NcJd5Pf1AeU",
    "JWT_SECRET": "Xq4Rn7Vt2Bw9Km5Lz8Hs1Gy6Fd3Jc0Pa",
    "HOOK_SECRET": "u7Ei2Oy9Tr4Wq1Lk6Jh3Gf8Ds5Az0XcVb",
}
ENV = f"""# Ours. The old one: METRICS_TOKEN=a-token-of-yesterday
SECRET_KEY={SECRETS["SECRET_KEY"]}
JWT_SECRET="{SECRETS["JWT_SECRET"]}"
export HOOK_SECRET={SECRETS["HOOK_SECRET"]}
#EDGE_SECRET=Gm3Tz8Kw1Vn6Qb4Xr9Hc2Yd7Lf5Ps0Ja
EDGE_SECRET=Gm3Tz8Kw1Vn6Qb4Xr9Hc2Yd7Lf5Ps0Jb
INGEST_SECRET = {"9c1e" * 16}
METRICS_TOKEN=a-token-of-a-prometheus
EMAIL_URL=smtp+tls://ada:lantern@hill@mail.example.org:587
#REDIS_URL=redis://:pebble-shore@127.0.0.1:6379/0

SITE_NAME=By the river
CLIENT_URL=https://live.example.org
export KEEP_MESSAGES_DAYS=7
DATA_DIR=%s
"""
NEVER = [
    *SECRETS.values(),
    *("Gm3Tz8Kw1Vn6Qb4Xr9Hc2Yd7Lf5Ps0", "9c1e9c1e", "a-token-of-a-prometheus"),
    *("a-token-of-yesterday", "lantern", "hill@mail", "pebble-shore"),
]
SHOW = "from django.conf import settings as s; print(s.SITE_NAME, s.CLIENT_URL, s.KEEP_MESSAGES_DAYS, s.DATA_DIR)"


class Checkout:
    """StreAir's code in a folder of its own, with the `.env` that people write beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.env_file = folder / ".env"
        shutil.copytree(BASE / "streair", folder / "streair")
        shutil.copy(BASE / "manage.py", folder)
        for name in ("accounts", "chat", "rooms", "streams", "static", "templates"):
            (folder / name).symlink_to(BASE / name)

    def manage(self, *args: str, **env: str) -> str:
        """Run a command as in a shell that knows of no setting but `env`."""
        named = re.findall(r"^#?([A-Z_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE)
        shell = {name: value for name, value in os.environ.items() if name not in named}
        return subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=self.folder,
            env={**shell, "DJANGO_SETTINGS_MODULE": "streair.settings", **env},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=120,
        ).stdout


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """One of a site whose `.env` says all there is to say."""
    old = Checkout(tmp_path / "old")
    old.env_file.write_text(ENV % old.data)
    old.manage("migrate", "--verbosity=0")
    return Path(old.manage("backup").splitlines()[0])


@pytest.fixture
def new(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "new")


def restore(checkout: Checkout, backup: Path) -> str:
    return checkout.manage("restore", str(backup), DATA_DIR=str(checkout.data), **SECRETS)


def test_no_secret_is_anywhere_in_it(backup: Path) -> None:
    content = gzip.decompress(backup.read_bytes()).decode("latin-1")
    with tarfile.open(backup) as archive:
        kept = archive.extractfile("settings.env")
        assert kept is not None
        lines = kept.read().decode().splitlines()

    assert [secret for secret in NEVER if secret in content] == []
    assert {"SECRET_KEY=***", "EDGE_SECRET=***", "export HOOK_SECRET=***"} <= set(lines)
    assert "EMAIL_URL=smtp+tls://ada:***@mail.example.org:587" in lines
    assert {"SITE_NAME=By the river", "CLIENT_URL=https://live.example.org"} <= set(lines)


def test_the_rest_comes_back_where_there_is_none(backup: Path, new: Checkout) -> None:
    said = restore(new, backup)

    shown = new.manage("shell", "-c", SHOW, DATA_DIR=str(new.data), **SECRETS).splitlines()[-1]
    assert shown == f"By the river https://live.example.org 7 {new.data}"
    assert str(new.env_file) in said
    assert stat.S_IMODE(new.env_file.stat().st_mode) == 0o600
    # What has no value any more, and where data was on the other machine.
    lines = new.env_file.read_text().splitlines()
    assert {"#SECRET_KEY=***", "#EMAIL_URL=smtp+tls://ada:***@mail.example.org:587"} <= set(lines)
    assert [line for line in lines if line.startswith("DATA_DIR")] == []


def test_what_the_keeper_wrote_stays(backup: Path, new: Checkout) -> None:
    new.env_file.write_text("SITE_NAME=By the sea\n")

    said = restore(new, backup)

    assert new.env_file.read_text() == "SITE_NAME=By the sea\n"
    (aside,) = new.data.glob("before-restore-*/backup-settings.env")
    assert str(aside) in said
    assert "SITE_NAME=By the river" in aside.read_text().splitlines()
