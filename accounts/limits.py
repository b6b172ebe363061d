"""How often somebody may try to get in."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from streair.core.addresses import address_of_request, bucket
from streair.core.ratelimit import Limit, spend

# By address generously: behind one of a mobile operator's there are many people.
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", 60, 15 * 60)
SIGN_IN_BY_ACCOUNT = Limit("sign-in-account", 15, 15 * 60)
SIGN_UP_BY_ADDRESS = Limit("sign-up-address", 30, 60 * 60)
SIGN_UP_BY_ACCOUNT = Limit("sign-up-account", 10, 60 * 60)


def count_sign_in(request: HttpRequest, account: str) -> None:
    """Count an attempt to sign in as `account`, or raise TooFast."""
    _count(request, SIGN_IN_BY_ADDRESS, SIGN_IN_BY_ACCOUNT, account)


def count_sign_up(request: HttpRequest, account: str) -> None:
    """Count an attempt to register `account` (an e-mail address), or raise TooFast."""
    _count(request, SIGN_UP_BY_ADDRESS, SIGN_UP_BY_ACCOUNT, account)


def _count(request: HttpRequest, by_address: Limit, by_account: Limit, account: str) -> None:
    spend(by_address, bucket(address_of_request(request)))
    # Hashed: what people type is neither short nor fit for a cache key.
    named = account.strip().casefold()
    if named:
        spend(by_account, hashlib.sha256(named.encode(errors="replace")).hexdigest())
