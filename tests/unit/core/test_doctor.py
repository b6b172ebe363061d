"""The doctor: what it finds wrong, and that it looks at the rest all the same."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from streair.core.doctor import Unwell, examine, machine, register, site, stores
from streair.core.doctor.examinations import _examinations
from streams import doctor as streams_doctor
from tests.servers.process import free_port


@pytest.fixture
def nothing_else() -> Iterator[None]:
    """Only what the test registers is looked at."""
    kept = dict(_examinations)
    _examinations.clear()
    yield
    _examinations.clear()
    _examinations.update(kept)


def ill() -> str:
    raise Unwell("It hurts.", "Rest.")


def odd() -> str:
    raise Unwell("It itches.", "Scratch.", is_serious=False)


def broken() -> str:
    raise RuntimeError("nobody thought of that")


def well() -> str:
    return "Fine."


@pytest.mark.usefixtures("nothing_else")
def test_what_needs_something_ill_is_not_looked_at_and_all_else_is() -> None:
    register("ill", "Ill", ill)
    register("next", "Next", broken, needs="ill")
    register("after", "After", broken, needs="next")
    register("odd", "Odd", odd)
    register("well", "Well", well, needs="odd")
    register("broken", "Broken", broken)

    found = {verdict.examination.name: verdict for verdict in examine()}

    assert [name for name, verdict in found.items() if verdict.is_serious] == ["ill", "broken"]
    assert [name for name, verdict in found.items() if not verdict.is_known] == ["next", "after"]
    assert found["odd"].remedy == "Scratch."
    assert found["well"].sentence == "Fine."
    assert "nobody thought of that" in str(found["broken"].sentence)


def test_secrets_that_are_one_or_readable_are_found(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR, settings.DATA_DIR = tmp_path / "code", tmp_path
    assert site.secrets()
    path = tmp_path / "secrets.env"
    path.write_text("SECRET_KEY=abc\n")
    path.chmod(0o644)
    with pytest.raises(Unwell, match=r"secrets\.env"):
        site.secrets()
    path.chmod(0o600)

    settings.JWT_SECRET = settings.SECRET_KEY

    with pytest.raises(Unwell, match="JWT_SECRET"):
        site.secrets()


@pytest.mark.parametrize(
    ("url", "is_serious"),
    [("", False), ("http://localhost", False), ("https://nowhere.invalid", True)],
)
def test_an_address_that_misleads_is_found(
    settings: Settings, url: str, *, is_serious: bool
) -> None:
    settings.CLIENT_URL = url

    with pytest.raises(Unwell) as found:
        site.address()

    assert found.value.is_serious is is_serious


@pytest.mark.parametrize("word", ["not-an-address", "0.0.0.0/0", "8.8.8.0/24"])
def test_proxies_that_let_anybody_lie_are_found(settings: Settings, word: str) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", word]

    with pytest.raises(Unwell) as found:
        site.proxies()

    assert found.value.is_serious


def test_proxies_of_ones_own_are_well(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/24", "::1"]

    assert site.proxies() == "127.0.0.1, 10.0.0.0/24, ::1"


def test_a_mail_server_that_is_away_is_found(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    with pytest.raises(Unwell, match=str(settings.EMAIL_PORT)):
        site.mail()


def test_a_folder_that_cannot_be_written_to_is_found(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "gone"

    with pytest.raises(Unwell, match="gone"):
        machine.disk()


def test_the_machine_is_described(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

    assert "GB" in machine.disk()
    assert "GB" in machine.memory()
    assert machine.descriptors()
    assert os.listdir(tmp_path) == []


@pytest.mark.django_db
def test_the_database_and_its_clock_are_described() -> None:
    assert stores.database().startswith(connection.display_name)
    assert stores.clock()
    assert stores.migrations()


def test_a_redis_that_is_away_is_found(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    with pytest.raises(Unwell, match="Redis"):
        stores.cache()


def test_missing_programs_are_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.RTMP_MODULE = str(tmp_path / "ngx_rtmp_module.so")
    with pytest.raises(Unwell, match="ngx_rtmp_module"):
        streams_doctor.module()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unwell, match="ffmpeg"):
        streams_doctor.ffmpeg()
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho none\n")
    poor.chmod(poor.stat().st_mode | stat.S_IXUSR)

    with pytest.raises(Unwell, match="libx264"):
        streams_doctor.ffmpeg()


@pytest.mark.parametrize("url", ["https://live.example.org/live", "rtmp://", "live.example.org"])
def test_an_address_that_obs_cannot_use_is_found(settings: Settings, url: str) -> None:
    settings.RTMP_PUBLIC_URL = url

    with pytest.raises(Unwell):
        streams_doctor.public_address()
