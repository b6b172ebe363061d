"""Settings with which a site must not start: each refused in one line that says what to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from streair.hosts import is_local
from streair.secrets import LEAST_CHARACTERS, fault_of

# A network of ours, or of a balancer's owner, is smaller: fewer fixed bits are half of the world.
_FEWEST_BITS = {4: 8, 6: 7}


def secret(name: str, value: str, *, least: int = LEAST_CHARACTERS) -> str:
    """Return `value`, a secret that was set, or raise ImproperlyConfigured."""
    if fault := fault_of(name, value, least=least):
        raise ImproperlyConfigured(fault)
    return value


def different(secrets: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured when one secret is used for two things: whoever learns one would have both."""
    seen: dict[str, str] = {}
    for name, value in secrets.items():
        if value and value in seen:
            raise ImproperlyConfigured(f"{name} is the same as {seen[value]}: give each its own.")
        seen[value] = name


def client_url(value: str) -> str:
    """Return CLIENT_URL without a slash at its end, or raise ImproperlyConfigured."""
    url = value.rstrip("/")
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"CLIENT_URL must be like https://live.example.org, without a path; it is {value!r}."
        )
    if parts.scheme == "http" and not is_local(parts.hostname):
        raise ImproperlyConfigured(
            f"CLIENT_URL={url}: passwords and cookies would go through the internet readable. Put TLS in "
            "front (docs/deployment.md) and make it https://."
        )
    return url


def trusted_proxies(found: list[str]) -> list[str]:
    """Return TRUSTED_PROXIES, or raise ImproperlyConfigured for what is no address, or everybody's."""
    for word in found:
        try:
            network = ip_network(word, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES holds {word!r}: name addresses and networks, like 10.0.0.1,10.0.7.0/24."
            ) from None
        if network.prefixlen < _FEWEST_BITS[network.version]:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES={word} lets anybody pretend to come from any address, past limits and "
                "bans. Name your proxies alone."
            )
    return found


def pages_alone(*, redis_url: str) -> None:
    """Raise ImproperlyConfigured for processes for pages alone which could not reach those with the sockets."""
    if not redis_url:
        raise ImproperlyConfigured(
            "Processes for pages alone need REDIS_URL: it is how they reach the sockets. "
            "Without it, run the one process: gunicorn -c deploy/gunicorn_settings.py streair.asgi:application"
        )


def allowed_hosts(found: list[str]) -> list[str]:
    """Return ALLOWED_HOSTS, or raise ImproperlyConfigured when that is everybody."""
    if "*" in found:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS=* lets any site open our WebSockets. Name the hosts."
        )
    return found


def public_name(named: Iterable[str]) -> str:
    """Return the first name under which the internet knows this site; "" for one at home, or a test's."""
    return next((host for host in named if host and not is_local(host)), "")


def debug(*, is_on: bool, public: str) -> None:
    """Raise ImproperlyConfigured for DEBUG on a site that others reach: its secrets are well known then."""
    if is_on and public:
        raise ImproperlyConfigured(
            f"DEBUG=1 on {public}: error pages would show the inside of the site, and its secrets are "
            "well known. Remove DEBUG, or the public name."
        )


def limits(*, are_on: bool, public: str) -> None:
    """Raise ImproperlyConfigured for a site without limits that others reach."""
    if public and not are_on:
        raise ImproperlyConfigured(
            f"RATE_LIMIT_ENABLED=0 on {public}: strangers could try passwords and keys as fast as they "
            "like. Remove it; raise RATE_LIMIT_MAX_REQUESTS if limits are in the way."
        )
