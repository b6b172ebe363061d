"""Why we close sockets: the codes that docs/protocol.md explains and socket.js knows."""

from enum import IntEnum


class CloseCode(IntEnum):
    """Codes of RFC 6455, and of ours from 4000 on."""

    TEXT_ONLY = 1003
    NOT_JSON = 1007
    POLICY = 1008  # Too many frames. The page stays away until it is reloaded.
    TOO_BIG = 1009
    TRY_LATER = 1013  # Too slow for its room: come back and take the newest state.
    SIGNED_OUT = 4001  # The sign-in that the socket came with is over: come back without it.
    SHUT_OUT = 4003  # Banned from the room. The page stays away until it is reloaded.
    TOO_MANY_SOCKETS = 4029  # Reason "retry-after=<seconds>": come back then.
