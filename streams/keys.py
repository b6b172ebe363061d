"""Stream keys and session names: making, hashing, sealing. Pure; the database is elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_PREFIX = "sk_"
SESSION_PREFIX = "live-"

# Crockford's base 32: no i, l, o or u to misread.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_KEY_CHARACTERS = 32  # 160 bits.
_KEY = re.compile(rf"{KEY_PREFIX}[{_ALPHABET}]{{{_KEY_CHARACTERS}}}")
_SESSION = re.compile(rf"{SESSION_PREFIX}[{_ALPHABET}]{{{_KEY_CHARACTERS}}}")


def _random() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_KEY_CHARACTERS))


def new_stream_key() -> str:
    """Return a fresh stream key: 160 bits, URL-safe, found by secret scanners."""
    return KEY_PREFIX + _random()


def new_session_name() -> str:
    """Return a fresh public name for a publisher inside the sidecar."""
    return SESSION_PREFIX + _random()


def is_stream_key(text: str) -> bool:
    """Whether `text` has the form of a stream key."""
    return _KEY.fullmatch(text) is not None


def is_session_name(text: str) -> bool:
    """Whether `text` has the form of a session name."""
    return _SESSION.fullmatch(text) is not None


def digest(key: str) -> str:
    """Return what a key is looked up by: its SHA-256 in hex. 160 random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def masked(key: str) -> str:
    """Return `key` as it may be shown: its prefix and last four characters."""
    return f"{KEY_PREFIX}{'•' * 12}{key[-4:]}"


def seal(key: str, *, secret: str) -> str:
    """Return `key` encrypted for the database (Fernet: AES-128-CBC and HMAC-SHA256)."""
    return _fernet(secret).encrypt(key.encode()).decode()


def unseal(sealed: str, *, secret: str) -> str:
    """Return the key that `seal` encrypted.

    Raises cryptography.fernet.InvalidToken when the secret is another one.
    """
    return _fernet(secret).decrypt(sealed.encode()).decode()


def _fernet(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"streair stream key").derive(
        secret.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
