"""Where a copy keeps its things: a checkout that `make run` runs, and a site that deploy/install installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from streair.core import build, place
from streair.core.doctor import Unwell, site
from streams import doctor as streams_doctor
from tests.servers.process import free_port


@pytest.fixture
def checkout(settings: Settings, tmp_path: Path) -> Path:
    """A folder with code in it; its data is in `var`."""
    settings.BASE_DIR = tmp_path / "streair"
    settings.DATA_DIR = settings.BASE_DIR / "var"
    settings.DATA_DIR.mkdir(parents=True)
    return tmp_path / "streair"


@pytest.fixture
def installed(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine's root as deploy/install leaves it."""
    monkeypatch.setattr(place, "RELEASES", tmp_path / "opt/streair/releases")
    settings.BASE_DIR = tmp_path / "opt/streair/releases/0123456789ab"
    settings.DATA_DIR = tmp_path / "var/lib/streair"
    kept = tmp_path / "etc/streair/env"
    for folder in (settings.BASE_DIR, settings.DATA_DIR, kept.parent):
        folder.mkdir(parents=True)
    kept.write_text("CLIENT_URL=https://live.example.org\nSECRET_KEY=abc\n")
    kept.chmod(0o640)
    (settings.BASE_DIR / ".env").symlink_to(kept)
    (settings.BASE_DIR / "COMMIT").write_text("0123456789ab\n")
    return tmp_path


def test_a_checkouts_secrets_are_where_they_are_read_from(checkout: Path) -> None:
    assert place.secrets_file() is None
    (checkout / "var/secrets.env").write_text("SECRET_KEY='abc'\n")
    (checkout / ".env").write_text("SECRET_KEY=\nPORT=3000\n")
    assert place.secrets_file() == checkout / "var/secrets.env"
    (checkout / ".env").write_text("PORT=3000\nSECRET_KEY=abc\n")
    assert place.secrets_file() == checkout / ".env"


def test_an_installed_sites_are_in_etc(installed: Path) -> None:
    assert place.secrets_file() == installed / "etc/streair/env"


def test_an_installed_sites_group_may_read_them_and_others_may_not(installed: Path) -> None:
    kept = installed / "etc/streair/env"
    assert site.secrets()
    kept.chmod(0o644)

    with pytest.raises(Unwell) as found:
        site.secrets()

    assert str(kept) in str(found.value.sentence)
    assert f"`chmod o= {kept}`" in str(found.value.remedy)


def test_what_is_down_is_started_and_explained_where_it_runs(
    settings: Settings, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIDECAR_PORT = free_port()

    def remedy() -> str:
        with pytest.raises(Unwell) as found:
            streams_doctor.sidecar()
        return str(found.value.remedy)

    assert "systemctl start streair-sidecar" in remedy()
    assert "journalctl -u 'streair-sidecar*'" in remedy()
    monkeypatch.setattr(place, "RELEASES", Path("/nowhere"))
    assert "make run" in remedy()
    assert str(installed / "var/lib/streair/log/sidecar.log") in remedy()


def test_the_release_that_runs_is_known_without_git(installed: Path) -> None:
    build.commit.cache_clear()

    assert build.commit() == "0123456789ab"

    build.commit.cache_clear()


@pytest.mark.django_db
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be anybody")
def test_root_is_told_as_whom_to_ask(installed: Path) -> None:
    os.chown(installed / "var/lib/streair", 65534, 65534)

    with pytest.raises(CommandError, match="runuser -u nobody -- "):
        call_command("doctor")
