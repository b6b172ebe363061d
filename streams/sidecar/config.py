"""The sidecar's nginx.conf, filled in from its setup."""

from __future__ import annotations

import os
import re
from pathlib import Path

from streair import env, ingest
from streams.sidecar.setup import Setup

_NAME = re.compile(r"{{ (\w+) }}")

# What the site asks of a node on another machine. The shim, which knows the secret, stays on loopback.
_FOR_THE_SITE = """
    server {
        listen {{ host }}:{{ sidecar_port }};
        {{ allow }}
        deny all;
        if ($http_x_hook_secret != {{ hook_secret }}) {
            return 403;
        }

        location = /stat {
            rtmp_stat all;
            add_header X-Sidecar-Boot {{ boot }};
        }
        location /control {
            rtmp_control drop;
        }
        location / {
            return 404;
        }
    }
"""
# Without the name of the site nobody could tell whose certificate it is.
_TLS = """proxy_ssl_server_name on;
        proxy_ssl_verify on;
        proxy_ssl_verify_depth 4;
        proxy_ssl_trusted_certificate {{ certificates }};"""
# A line for each hook, which says nothing of anybody: the address holds no key.
_HOOK_LOG = "access_log {{ hook_log }} hooks if=$upstream_status;"


def write_config(setup: Setup, *, boot: str) -> Path:
    """Write the configuration for one run of nginx, readable by nobody else; return its path.

    `boot` names the run: a new one for every start of the master.
    """
    home = setup.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "temp").mkdir(mode=0o700, exist_ok=True)
    path = home / "nginx.conf"
    text = render((env.BASE_DIR / "nginx.conf").read_text(), setup, boot=boot)
    # It holds the hooks' secret: never, not even for a moment, open to others.
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)
    return path


def render(template: str, setup: Setup, *, boot: str) -> str:
    """Return `template` with the setup in the place of its {{ names }}."""
    values = {
        "rtmp_module": _quoted(setup.module),
        # The worker talks to strangers: as root's child it becomes nobody, who owns nothing.
        "user": "user nobody nogroup;" if os.geteuid() == 0 else "",
        "rtmp_port": str(setup.rtmp_port),
        "rtmp_app": ingest.APP,
        "sidecar_port": str(setup.port),
        "hooks": setup.hooks,
        "hook_host": "$proxy_host" if setup.is_https else ingest.HOOK_HOST,
        "hook_secret": _quoted(setup.secret),
        "certificates": _quoted(setup.certificates),
        "boot": boot,
        "log_hooks": "",
        "host": f"[{setup.host}]" if ":" in setup.host else setup.host,
        "allow": " ".join(f"allow {address};" for address in setup.allow),
        "allow_play": " ".join(f"allow play {address};" for address in setup.allow),
    }

    def fill(text: str) -> str:
        return _NAME.sub(lambda match: values[match[1]], text)

    values["tls"] = fill(_TLS) if setup.is_https else ""
    if setup.hook_log:
        values["hook_log"] = setup.hook_log
        values["log_hooks"] = fill(_HOOK_LOG)
    values["for_the_site"] = fill(_FOR_THE_SITE) if setup.host else ""
    return fill(template)


def _quoted(value: str) -> str:
    """Return `value` as one nginx parameter. Raises ValueError for what nginx would expand."""
    if not value.isprintable() or "$" in value:
        raise ValueError("HOOK_SECRET may hold printable characters only, and no “$”.")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
