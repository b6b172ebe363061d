"""The front's nginx: `python -m deploy.front` writes its configuration and what it says when all else is down."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import django

from deploy.errors import CannotStart
from streair import env
from streair.starting import in_one_line, read_settings

_NAME: Final = re.compile(r"{{ (\w+) }}")
_HERE: Final = Path(__file__).resolve().parent
_MODULES: Final = Path("/usr/lib/nginx/modules")
_BROTLI: Final = "ngx_http_brotli_static_module.so"
# Everything that is said of an address or a path ends up in a configuration: nothing else gets there.
_ADDRESS: Final = re.compile(r"[0-9A-Za-z.:\[\]_-]+:\d{1,5}")
_NETWORK: Final = re.compile(r"[0-9A-Fa-f.:]+(?:/\d{1,3})?")
_PATH: Final = re.compile(r"/[\w./@+-]*")

WEB, REALTIME = "web", "realtime"


@dataclass(frozen=True, slots=True)
class Front:
    """Where the front lives, listens, and sends people."""

    home: Path  # Its configuration, and what it says when all else is down.
    run: Path  # Its process id and bodies on their way.
    certificate: Path
    key: Path
    http_port: int
    https_port: int
    upstreams: Mapping[str, tuple[str, ...]]
    elsewhere: Mapping[str, tuple[str, ...]]  # The same on other machines.
    behind: tuple[str, ...]
    connections: int
    requests_per_second: int

    @classmethod
    def configured(cls) -> Front:
        """Read the environment. Raises CannotStart with what is wrong in it."""
        home = Path(env.text("FRONT_DIR", str(env.DATA_DIR / "front")))
        tls = Path(env.text("FRONT_TLS_DIR", str(home / "tls")))
        run = Path(env.text("FRONT_RUN_DIR", str(home / "run")))
        upstreams = {
            WEB: tuple(env.words("FRONT_WEB", ["127.0.0.1:3011"])),
            REALTIME: tuple(env.words("FRONT_REALTIME", ["127.0.0.1:3021"])),
        }
        elsewhere = {
            WEB: tuple(env.words("FRONT_MORE_WEB")),
            REALTIME: tuple(env.words("FRONT_MORE_REALTIME")),
        }
        behind = tuple(env.words("FRONT_BEHIND"))
        for addresses in (*upstreams.values(), *elsewhere.values()):
            _check(_ADDRESS, *addresses)
        _check(_NETWORK, *behind)
        _check(_PATH, str(home), str(run), str(tls), str(env.DATA_DIR))
        return cls(
            home=home,
            run=run,
            certificate=tls / "fullchain.pem",
            key=tls / "privkey.pem",
            http_port=env.number("FRONT_HTTP_PORT", 80),
            https_port=env.number("FRONT_HTTPS_PORT", 443),
            upstreams=upstreams,
            elsewhere=elsewhere,
            behind=behind,
            connections=env.number("FRONT_CONNECTIONS", 1000),
            requests_per_second=env.number("FRONT_REQUESTS_PER_SECOND", 50),
        )

    @property
    def config(self) -> Path:
        """What nginx is started with."""
        return self.home / "nginx.conf"

    def command(self) -> list[str]:
        """Return how nginx is started."""
        return ["nginx", "-p", str(self.home), "-c", str(self.config), "-e", "stderr"]

    def write(self) -> None:
        """Write everything, once Django is ready. Where requests go stays as it is (`send_to`)."""
        folders = [self.home / name for name in ("upstreams", "errors", "acme")]
        for folder in (*folders, self.run):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        for part, addresses in self.upstreams.items():
            if not self.upstream_file(part).exists():
                self.send_to(part, addresses)
        for part, addresses in self.elsewhere.items():
            # One that is away costs one request two seconds, and is left alone for a while. Not for long: it is
            # thought to be back only once something sent there has ended, and sockets do not.
            lines = [f"server {address} max_fails=1 fail_timeout=5s;\n" for address in addresses]
            _write(self.home / "upstreams" / f"more-{part}.conf", "".join(lines))
        _write(self.home / "headers.conf", _headers())
        _write(self.home / "headers-of-pages.conf", _headers() + _headers_of_pages())
        _write(self.home / "forwarded.conf", (_HERE / "nginx/forwarded.conf").read_text())
        _write(self.config, self._render((_HERE / "nginx/front.conf").read_text()))
        for name, text in _answers().items():
            _write(self.home / "errors" / name, text)

    def upstream_file(self, part: str) -> Path:
        """Return the file that says where `part` is."""
        return self.home / "upstreams" / f"{part}.conf"

    def send_to(self, part: str, addresses: tuple[str, ...]) -> None:
        """Send requests for `part` there, and to other machines, from the next reload on."""
        _check(_ADDRESS, *addresses)
        # Nothing is gained by leaving it alone after a failure: it answers or refuses at once.
        lines = [f"server {address} max_fails=0;\n" for address in addresses]
        _write(self.upstream_file(part), "".join(lines))

    def make_certificate(self) -> bool:
        """Sign a certificate ourselves if there is none; return whether that was so."""
        if self.certificate.exists() and self.key.exists():
            return False
        from django.conf import settings  # noqa: PLC0415 - not before setup.

        names = [name for name in settings.ALLOWED_HOSTS if re.fullmatch(r"[0-9a-z.-]+", name)]
        kinds = [f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names]
        self.certificate.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        new += ["-nodes", "-days", "825", "-subj", "/CN=StreAir", "-keyout", str(self.key)]
        new += ["-out", str(self.certificate), "-addext", f"subjectAltName={','.join(kinds)}"]
        subprocess.run(new, check=True, capture_output=True, umask=0o027)
        return True

    def _render(self, template: str) -> str:
        from django.conf import settings  # noqa: PLC0415 - not before setup.

        from streair.bodies import LARGER, MAX_BODY_BYTES  # noqa: PLC0415
        from streams.flv_endpoint import PREFIX  # noqa: PLC0415

        has_brotli = (_MODULES / _BROTLI).exists()
        values = {
            "modules": f"load_module {_MODULES / _BROTLI};" if has_brotli else "",
            "workers": "auto",
            "nginx": "/etc/nginx",
            "home": str(self.home),
            "run": str(self.run),
            "data": str(settings.DATA_DIR),
            "port": str(settings.PORT),
            "hook_host": str(settings.HOOK_HOST),
            "http_port": str(self.http_port),
            "https_port": str(self.https_port),
            "http_ipv6": _ipv6(f"{self.http_port} default_server"),
            "https_ipv6": _ipv6(f"{self.https_port} ssl http2 default_server"),
            # What people ask for, which need not be where we listen.
            "https_suffix": _suffix(
                urlsplit(settings.CLIENT_URL).port if settings.CLIENT_URL else self.https_port
            ),
            "certificate": str(self.certificate),
            "key": str(self.key),
            "body_bytes": str(MAX_BODY_BYTES),
            "large_bytes": str(max(LARGER.values())),
            "large_paths": "|".join(map(re.escape, sorted(LARGER))),
            "flv_prefix": PREFIX,
            # A connection that was kept to a machine that is gone would swallow a request.
            "keepalive": "" if self.elsewhere[WEB] else "keepalive 32;",
            "real_ip": _real_ip(self.behind),
            "compressed": "brotli_static on; gzip_static on;" if has_brotli else "gzip_static on;",
            "connections": str(self.connections),
            "requests_per_second": str(self.requests_per_second),
            "requests_burst": str(self.requests_per_second * 10),
        }
        return _NAME.sub(lambda match: values[match[1]], template)


def _check(pattern: re.Pattern[str], *values: str) -> None:
    for value in values:
        if not pattern.fullmatch(value):
            raise CannotStart(f"{value!r} không dùng được · cannot stand in nginx's configuration.")


def _suffix(port: int | None) -> str:
    return "" if port in {None, 443} else f":{port}"


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _ipv6(what: str) -> str:
    """Return the line for IPv6, where the machine has it."""
    return f"listen [::]:{what} ipv6only=on;" if Path("/proc/net/if_inet6").exists() else ""


def _real_ip(behind: tuple[str, ...]) -> str:
    """Return whom to believe about addresses: nobody, unless the front stands behind somebody."""
    if not behind:
        return ""
    believed = [f"set_real_ip_from {network};" for network in behind]
    return " ".join([*believed, "real_ip_header X-Forwarded-For;", "real_ip_recursive on;"])


def _headers() -> str:
    """Return what Django says on all of its answers, for what the front answers by itself."""
    from django.conf import settings  # noqa: PLC0415 - not before setup.

    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return _lines(headers)


def _headers_of_pages() -> str:
    """Return what is said of pages besides. (Of a script it would bind the worker that runs it.)"""
    from django.conf import settings  # noqa: PLC0415 - not before setup.

    policy = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}
    policy |= dict.fromkeys(["style-src", "img-src", "font-src", "form-action"], "'self'")
    parts = [f"{name} {source}" for name, source in policy.items()]
    return _lines(
        {"X-Frame-Options": settings.X_FRAME_OPTIONS, "Content-Security-Policy": "; ".join(parts)}
    )


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())


def _answers() -> dict[str, str]:
    """Return what the front says by itself, by file: for people and programs, in each language."""
    from django.conf import settings  # noqa: PLC0415 - not before setup.
    from django.template.loader import render_to_string  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from streair.core import brand  # noqa: PLC0415
    from streair.core.errors import TooFast, TooLarge, Unavailable  # noqa: PLC0415

    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            away = "That did not work right now. Please try again in a moment."
            errors = [
                TooLarge(translation.gettext("The request is too large.")),
                TooFast(
                    translation.gettext("Too many attempts. Please wait a moment."), retry_after=5
                ),
                Unavailable(translation.gettext(away), retry_after=2),
            ]
            for error in errors:
                shown = {"brand": brand.last_known(), "status": error.status}
                name = f"{error.status}.{language}"
                found[f"{name}.html"] = render_to_string(f"{error.status}.html", shown)
                found[f"{name}.json"] = json.dumps(error.as_dict(), ensure_ascii=False)
    return found


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole: nginx may read it at any moment."""
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(text)
    new.replace(path)


def main() -> int:
    """Write it all; return the exit status."""
    read_settings()
    try:
        with in_one_line():
            front = Front.configured()
        django.setup()
        front.write()
        if front.make_certificate():
            print(f"Chứng chỉ tự ký · A self-signed certificate: {front.certificate}")
    except CannotStart as exc:
        print(f"StreAir: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
