"""The doctor at a running site, and at one that lacks something."""

from __future__ import annotations

import pytest

from tests.servers.process import ServerError
from tests.servers.site import Site

pytestmark = pytest.mark.system


def test_a_running_site_is_well_but_for_its_address_and_mail(site: Site) -> None:
    said = site.manage("doctor")

    assert "✗" not in said
    assert "·" not in said
    assert said.count("→") == said.count("\n!") + said.startswith("!")
    assert "EMAIL_URL" in said


def test_a_sidecar_that_is_away_is_named_with_what_to_do(site: Site) -> None:
    site.sidecar.stop()
    try:
        with pytest.raises(ServerError) as failed:
            site.manage("doctor")
    finally:
        site.sidecar.start()
        site.wait_until_ready()

    said = str(failed.value)
    assert said.count("✗") == 1
    assert str(site.addresses.sidecar_port) in said
    assert "sidecar.log" in said
