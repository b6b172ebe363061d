"""Where this copy of StreAir listens, and what to tell people about it."""

from __future__ import annotations

import http.client
import importlib
import socket
from dataclasses import dataclass
from typing import Self

from deploy.errors import CannotStart
from streair import hosts


@dataclass(frozen=True, slots=True)
class Addresses:
    """The ports of one copy, and its public addresses where there are any."""

    port: int
    rtmp_port: int
    sidecar_port: int
    rtmp_app: str
    client_url: str
    rtmp_public_url: str

    @classmethod
    def configured(cls) -> Self:
        """Read the settings, or raise CannotStart with what is wrong in them."""
        try:
            settings = importlib.import_module("streair.settings")
        except Exception as exc:
            raise CannotStart(f"cấu hình sai · wrong configuration: {exc}") from exc
        return cls(
            port=settings.PORT,
            rtmp_port=settings.RTMP_PORT,
            sidecar_port=settings.SIDECAR_PORT,
            rtmp_app=settings.RTMP_APP,
            client_url=settings.CLIENT_URL,
            rtmp_public_url=settings.RTMP_PUBLIC_URL,
        )

    def check_free(self) -> None:
        """Raise CannotStart, naming the variable to change, when a port cannot be had."""
        if len({self.port, self.rtmp_port, self.sidecar_port}) < 3:
            raise CannotStart(
                "PORT, RTMP_PORT và SIDECAR_PORT phải khác nhau · must differ from one another"
            )
        everywhere = "0.0.0.0"  # noqa: S104 - where the parts will listen.
        _check_port("PORT", everywhere, self.port)
        _check_port("RTMP_PORT", everywhere, self.rtmp_port)
        _check_port("SIDECAR_PORT", "127.0.0.1", self.sidecar_port)

    def answer(self) -> bool:
        """Tell whether the site and the sidecar are up."""
        site = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            socket.create_connection(("127.0.0.1", self.rtmp_port), timeout=1).close()
            site.request("GET", "/")
            # A refusal will do: ALLOWED_HOSTS need not hold the address that we ask under.
            return site.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            site.close()

    def lines(self) -> list[str]:
        """Return what to print: where to watch, and what to paste into OBS."""
        names = ["localhost", *hosts.local_addresses()]
        sites = [self.client_url, *(f"http://{name}:{self.port}/" for name in names)]
        servers = [f"rtmp://{name}:{self.rtmp_port}/{self.rtmp_app}" for name in names]
        return [
            *_column("Trang web · Website", sites),
            *_column("OBS → Server", [self.rtmp_public_url, *servers]),
        ]


def _column(label: str, values: list[str]) -> list[str]:
    values = [value for value in values if value]
    return [f"  {'' if row else label:<20} {value}" for row, value in enumerate(values)]


def _check_port(name: str, address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as exc:
            raise CannotStart(
                f"cổng {port} không dùng được, hãy chọn {name} khác · port {port} cannot be used "
                f"({exc}), choose another {name}."
            ) from exc
