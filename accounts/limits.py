"""How often somebody may try to get in, to get mails, to fill our disk."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from accounts.models import User
from streair.core.addresses import address_of_request, bucket
from streair.core.ratelimit import Limit, count, spend

# By address generously: behind one of a mobile operator's there are many people.
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", 60, 15 * 60)
SIGN_IN_BY_ACCOUNT = Limit("sign-in-account", 15, 15 * 60)
SIGN_UP_BY_ADDRESS = Limit("sign-up-address", 30, 60 * 60)
SIGN_UP_BY_ACCOUNT = Limit("sign-up-account", 10, 60 * 60)
RESET_BY_ADDRESS = Limit("reset-address", 20, 60 * 60)
RESET_BY_ACCOUNT = Limit("reset-account", 5, 60 * 60)

# Names and addresses are counted as they are typed, whoever they belong to, so that the refusal
# tells nothing. This one counts them together; it is never told of, only no password is right.
GUESSES_AT_PERSON = Limit("sign-in-person", 20, 15 * 60)
# Of somebody who is signed in.
PASSWORD_CHECKS = Limit("password-check", 10, 15 * 60)
MAILS = Limit("account-mails", 5, 60 * 60)
PICTURES = Limit("pictures", 30, 60 * 60)
EXPORTS = Limit("exports", 5, 60 * 60)


def count_sign_in(request: HttpRequest, account: str) -> None:
    """Count an attempt to sign in as `account`, or raise TooFast."""
    _count(request, SIGN_IN_BY_ADDRESS, SIGN_IN_BY_ACCOUNT, account)


def count_sign_up(request: HttpRequest, account: str) -> None:
    """Count an attempt to register `account` (an e-mail address), or raise TooFast."""
    _count(request, SIGN_UP_BY_ADDRESS, SIGN_UP_BY_ACCOUNT, account)


def count_reset(request: HttpRequest, account: str) -> None:
    """Count a wish for a new password for `account` (an e-mail address), or raise TooFast."""
    _count(request, RESET_BY_ADDRESS, RESET_BY_ACCOUNT, account)


def may_be_guessed(person: User) -> bool:
    """Count a guess at a person's password, by whichever name; whether it may be the right one."""
    return not count(GUESSES_AT_PERSON, str(person.pk)).is_over


def spend_own(limit: Limit, person: User) -> None:
    """Count what somebody who is signed in does, or raise TooFast."""
    spend(limit, str(person.pk))


def _count(request: HttpRequest, by_address: Limit, by_account: Limit, account: str) -> None:
    spend(by_address, bucket(address_of_request(request)))
    # Hashed: what people type is neither short nor fit for a cache key.
    named = account.strip().casefold()
    if named:
        spend(by_account, hashlib.sha256(named.encode(errors="replace")).hexdigest())
