"""Public room ids: short, unguessable enough, without look-alikes."""

import secrets

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ROOM_ID_LENGTH = 12


def new_room_id() -> str:
    """Return a fresh room id: 12 characters, 59 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(ROOM_ID_LENGTH))
