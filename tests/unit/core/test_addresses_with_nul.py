"""A NUL in an address finds nothing, on every database."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/rooms/%00/", "/@%00/", "/en/rooms/a%00b/", "/?q=%00"])
def test_a_nul_in_an_address_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
