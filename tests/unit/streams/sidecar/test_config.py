"""The sidecar's configuration: complete, and for our eyes only."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from streams.sidecar import local
from streams.sidecar.config import render, write_config


def test_every_name_is_filled_in_and_nobody_else_can_read_it(
    settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    settings.RTMP_PORT, settings.SIDECAR_PORT, settings.PORT = 4935, 4936, 4000

    path = write_config(local.setup(), boot="boot-1")

    text = path.read_text()
    assert "{{" not in text
    assert "listen 4935 so_keepalive" in text
    assert "listen 127.0.0.1:4936;" in text
    assert "proxy_pass http://127.0.0.1:4000/hooks/publish;" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_second_start_replaces_it(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    write_config(local.setup(), boot="boot-1")

    assert "boot-2" in write_config(local.setup(), boot="boot-2").read_text()


def test_a_secret_is_one_parameter_whatever_it_holds(settings: Settings) -> None:
    settings.HOOK_SECRET = 'semi;colon "quoted" back\\slash {brace}'

    rendered = render("proxy_set_header X {{ hook_secret }};", local.setup(), boot="boot-1")

    assert rendered == r'proxy_set_header X "semi;colon \"quoted\" back\\slash {brace}";'


@pytest.mark.parametrize("secret", ["with $variable", "with\nnewline"])
def test_a_secret_that_nginx_would_change_is_refused(settings: Settings, secret: str) -> None:
    settings.HOOK_SECRET = secret

    with pytest.raises(ValueError, match="HOOK_SECRET"):
        render("{{ hook_secret }}", local.setup(), boot="boot-1")


def test_our_own_sidecar_lets_this_machine_in_alone(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

    text = write_config(local.setup(), boot="boot-1").read_text()

    assert text.count("listen 127.0.0.1:") == 1
    assert re.findall(r"allow [^;]+;", text) == ["allow play 127.0.0.1;", "allow 127.0.0.1;"]
    assert "proxy_ssl" not in text


def test_a_node_lets_its_site_in_and_asks_it_over_tls(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    node = replace(
        local.setup(),
        hooks="https://live.example.org/ingest/hanoi",
        host="10.0.0.7",
        allow=("10.0.0.1", "fd00::/8"),
    )

    text = write_config(node, boot="boot-1").read_text()

    assert "{{" not in text
    assert "proxy_pass https://live.example.org/ingest/hanoi/publish;" in text
    assert "proxy_set_header Host $proxy_host;" in text
    assert "proxy_ssl_verify on;" in text
    assert "allow play 10.0.0.1; allow play fd00::/8;" in text
    shim, for_the_site = text.split("listen 10.0.0.7:")
    assert "allow 10.0.0.1; allow fd00::/8;" in for_the_site
    assert "location = /publish" in shim
    assert "location = /publish" not in for_the_site


def test_what_became_of_hooks_is_written_for_a_node_alone(
    settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    heard = "syslog:server=127.0.0.1:4000,nohostname,tag=abc"

    ours = write_config(local.setup(), boot="boot-1").read_text()
    nodes = write_config(replace(local.setup(), hook_log=heard), boot="boot-1").read_text()

    assert set(re.findall(r"access_log ([^;]+);", ours)) == {"off"}
    assert f"access_log {heard} hooks if=$upstream_status;" in nodes
