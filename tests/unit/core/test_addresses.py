"""Who is calling, as limits count it and the database stores it."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from streair.core.addresses import bucket, client_address


@pytest.mark.parametrize(
    ("peer", "found"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        # What a server that listens on `::` sees.
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_has_one_form(peer: str, found: str) -> None:
    assert client_address(peer=peer, real_ip="203.0.113.9") == found


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_trusted_proxy_says_who_calls(proxy: str) -> None:
    assert client_address(peer=proxy, real_ip=" ::ffff:203.0.113.9 ") == "203.0.113.9"
    assert client_address(peer=proxy, real_ip="") != ""


@pytest.mark.parametrize(
    ("peer", "is_trusted"),
    [
        ("10.0.7.9", True),
        ("::ffff:10.0.7.9", True),
        ("10.0.8.9", False),
        ("2001:db8::7", True),
        ("2001:db9::7", False),
        ("192.0.2.7", False),
        ("", False),
    ],
)
def test_a_network_of_proxies_is_trusted_as_a_whole(
    settings: Settings, peer: str, *, is_trusted: bool
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.7.0/24", "2001:db8::/32", "nonsense"]

    found = client_address(peer=peer, real_ip="203.0.113.9")

    assert (found == "203.0.113.9") is is_trusted


@pytest.mark.parametrize("claimed", ["203.0.113.9, 192.0.2.1", "nonsense", "%", "1" * 5000])
def test_a_claim_that_is_no_address_is_nobody(claimed: str) -> None:
    assert client_address(peer="127.0.0.1", real_ip=claimed) == ""


def test_people_behind_ipv4_do_not_share_one_limit_when_the_server_listens_on_ipv6() -> None:
    seen = [client_address(peer=f"::ffff:192.0.2.{number}", real_ip="") for number in (1, 2)]

    assert len({bucket(address) for address in seen}) == 2
