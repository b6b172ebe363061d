"""Stream keys: giving one out, changing it."""

from __future__ import annotations

import logging

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from accounts.models import User
from streams import keys
from streams.models import Publisher, StreamKey
from streams.services.publishers import let_go

logger = logging.getLogger(__name__)


def key_of(user: User) -> str:
    """Return the user's stream key; the first call makes it.

    A key that was sealed under another SECRET_KEY cannot be shown any more and is changed.
    """
    row = StreamKey.objects.filter(owner=user).first() or _first_key(user)
    try:
        return keys.unseal(row.sealed, secret=settings.SECRET_KEY)
    except InvalidToken:
        logger.warning("The stream key of user %d was sealed by another secret: new key.", user.pk)
        return rotate_key(user)


@transaction.atomic
def rotate_key(user: User) -> str:
    """Change the user's key and drop an encoder that uses the old one; return the new key."""
    key = keys.new_stream_key()
    StreamKey.objects.update_or_create(
        owner=user, defaults={**_stored(key), "rotated": now(), "refused": None, "refusal": ""}
    )
    for publisher in Publisher.objects.connected().filter(room__owner=user):
        let_go(publisher, Publisher.GoneReason.KEY_ROTATED, drop=True)
    return key


def _first_key(user: User) -> StreamKey:
    try:
        with transaction.atomic():
            return StreamKey.objects.create(owner=user, **_stored(keys.new_stream_key()))
    except IntegrityError:  # Another request was faster.
        return StreamKey.objects.get(owner=user)


def _stored(key: str) -> dict[str, str]:
    return {"digest": keys.digest(key), "sealed": keys.seal(key, secret=settings.SECRET_KEY)}
