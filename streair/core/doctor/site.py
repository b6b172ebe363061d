"""The settings: what would leak, lock out or mislead people."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from streair.core import place
from streair.core.doctor.examinations import Unwell


def secrets() -> str:
    """They are set, long and three different ones. Start-up refuses anything shorter."""
    values = {settings.SECRET_KEY, settings.JWT_SECRET, settings.HOOK_SECRET}
    if len(values) < 3:
        raise Unwell(
            _("SECRET_KEY, JWT_SECRET and HOOK_SECRET are not three different ones."),
            _("Give each its own in %s: 32 random characters or more.")
            % (place.secrets_file() or place.settings_file()),
        )
    path = place.secrets_file()
    if path is not None and path.stat().st_mode & _others():
        raise Unwell(
            _("Others on this machine can read %s.") % path,
            _("Run `chmod %(mode)s %(path)s`.")
            % {"mode": "o=" if place.is_installed() else "600", "path": path},
        )
    if settings.DEBUG:
        raise Unwell(
            _("DEBUG is on: error pages show the inside of the site, and secrets are well known."),
            _("Remove DEBUG from the settings of a site that others reach."),
        )
    return _("They are set, and different from each other.")


def _others() -> int:
    """Return by which bits of its mode others could read the secrets."""
    # An installed site reads what root owns, by its group.
    return 0o007 if place.is_installed() else 0o077


def address() -> str:
    """The public address is known and leads here."""
    if not settings.CLIENT_URL:
        raise Unwell(
            _(
                "CLIENT_URL is not set: cookies go over plain HTTP, and mails name whatever host was asked."
            ),
            _("Set CLIENT_URL=https://… before others use the site."),
            is_serious=False,
        )
    parts = urlsplit(settings.CLIENT_URL)
    try:
        socket.getaddrinfo(parts.hostname, parts.port or parts.scheme)
    except OSError as exc:
        raise Unwell(
            _("The name in CLIENT_URL, %s, is not known to the DNS.") % parts.hostname,
            _("Make a DNS record for it, or correct CLIENT_URL."),
        ) from exc
    if parts.scheme != "https":
        raise Unwell(
            _("CLIENT_URL is %s: passwords and cookies go over the wire readable.")
            % settings.CLIENT_URL,
            _("Put TLS in front, and set CLIENT_URL=https://…"),
            is_serious=False,
        )
    return str(settings.CLIENT_URL)


def proxies() -> str:
    """Only machines near us may say whom they speak for."""
    for word in settings.TRUSTED_PROXIES:
        try:
            network = ipaddress.ip_network(word, strict=False)
        except ValueError as exc:
            raise Unwell(
                _("TRUSTED_PROXIES holds %r, which is no address.") % word,
                _("Write addresses or networks there, such as 10.0.0.5 or 10.0.0.0/24."),
            ) from exc
        if not network.is_private:
            raise Unwell(
                _(
                    "TRUSTED_PROXIES holds %s, which is public: anybody there may pretend to be anybody."
                )
                % word,
                _("Name your own proxies only."),
                is_serious=network.prefixlen < network.max_prefixlen,
            )
    return ", ".join(settings.TRUSTED_PROXIES) or _("none")


def mail() -> str:
    """Mails reach people."""
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "locmem.EmailBackend")):
        raise Unwell(
            _("Mails are written to the log; nobody gets a link for a new password."),
            _("Set EMAIL_URL=smtp+tls://user:password@host:587."),
            is_serious=False,
        )
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    try:
        socket.create_connection((host, port), timeout=3).close()
    except OSError as exc:
        raise Unwell(
            _("The mail server %(host)s:%(port)s does not answer: %(why)s.")
            % {"host": host, "port": port, "why": exc.strerror or exc},
            _("Check EMAIL_URL, and whether a firewall keeps this machine from sending."),
        ) from exc
    return f"{host}:{port}"
