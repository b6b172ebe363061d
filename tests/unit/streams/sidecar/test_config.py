"""The sidecar's configuration: complete, and for our eyes only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from streams.sidecar.config import render, write_config


def test_every_name_is_filled_in_and_nobody_else_can_read_it(
    settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    settings.RTMP_PORT, settings.SIDECAR_PORT, settings.PORT = 4935, 4936, 4000

    path = write_config(boot="boot-1")

    text = path.read_text()
    assert "{{" not in text
    assert "listen 4935 so_keepalive" in text
    assert "listen 127.0.0.1:4936;" in text
    assert "proxy_pass http://127.0.0.1:4000/hooks/publish;" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_second_start_replaces_it(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    write_config(boot="boot-1")

    assert "boot-2" in write_config(boot="boot-2").read_text()


def test_a_secret_is_one_parameter_whatever_it_holds(settings: Settings) -> None:
    settings.HOOK_SECRET = 'semi;colon "quoted" back\\slash {brace}'

    rendered = render("proxy_set_header X {{ hook_secret }};", boot="boot-1")

    assert rendered == r'proxy_set_header X "semi;colon \"quoted\" back\\slash {brace}";'


@pytest.mark.parametrize("secret", ["with $variable", "with\nnewline"])
def test_a_secret_that_nginx_would_change_is_refused(settings: Settings, secret: str) -> None:
    settings.HOOK_SECRET = secret

    with pytest.raises(ValueError, match="HOOK_SECRET"):
        render("{{ hook_secret }}", boot="boot-1")
