"""The secrets that open overlays: making and checking them. Pure; the database is elsewhere.

A row holds half of each secret; the other half is our signature of it. So whoever reads the
database cannot open an overlay, its owner can be shown the link again, and a new row half ends
the old link.
"""

from __future__ import annotations

import secrets

from django.core.signing import BadSignature, Signer

PREFIX = "ov_"  # Found by streair.logs, and by secret scanners.
_SALT = "chat.overlays"
_BYTES = 16
LONGEST = 100


def new_public_id() -> str:
    """Return the half that is stored: 128 bits."""
    return secrets.token_urlsafe(_BYTES)


def secret_of(public_id: str) -> str:
    """Return the secret that belongs to this row half."""
    return PREFIX + _signer().sign(public_id)


def public_id_of(secret: str) -> str | None:
    """Return the row half of a secret that we made, or None. Whether it still holds is another question."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    try:
        return _signer().unsign(secret.removeprefix(PREFIX))
    except BadSignature:
        return None


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
