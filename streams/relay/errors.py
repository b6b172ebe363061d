"""What can go wrong in the relay.

RelayError
├── FlvError            bytes that are not FLV, or claim absurd sizes
├── AmfError            malformed, too deep or too large AMF0
├── RtmpError           a peer that breaks the RTMP protocol or our limits
├── SpsError            an H.264 parameter set that cannot be read
├── HttpError           an upstream that does not answer in HTTP/1.x
├── UpstreamError       the upstream is unreachable, silent, or gone
│   ├── UpstreamSilent  it is connected, and sends nothing
│   └── UpstreamRefused it answered, and said no
└── RelayClosed         the relay is shutting down
"""


class RelayError(Exception):
    """Base of everything the relay raises on purpose."""


class FlvError(RelayError):
    """These bytes are not FLV."""


class AmfError(RelayError):
    """These bytes are not AMF0, or more of it than we accept."""


class RtmpError(RelayError):
    """The peer broke the RTMP protocol, or one of our limits."""


class SpsError(RelayError):
    """This H.264 sequence parameter set cannot be read."""


class HttpError(RelayError):
    """The upstream's answer is not HTTP/1.x, or breaks one of our limits."""


class UpstreamError(RelayError):
    """The upstream cannot be reached, fell silent, or went away."""


class UpstreamSilent(UpstreamError):
    """The upstream is connected and sends nothing."""


class UpstreamRefused(UpstreamError):
    """The upstream answered, and said no."""


class RelayClosed(RelayError):
    """The relay is shutting down and takes no more viewers."""
