"""Which protocol goes where: pages and API to Django, `/ws/` to Channels, FLV to the relay."""

import os
from typing import Any

from streair.bodies import BodyLimit
from streair.core.postgresql import patience
from streair.handler import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streair.settings")
patience.serve()
django_application = BodyLimit(get_asgi_application())

from channels.routing import ProtocolTypeRouter

from rooms.presence import current_presence
from streair.core.metrics import publisher
from streair.core.realtime import bridge
from streair.lifespan import Lifespan
from streair.routing import websockets
from streams import runtime
from streams.flv_endpoint import PREFIX, FlvEndpoint, Receive

bridge.claim_sockets()
relay = runtime.install()
flv_endpoint = FlvEndpoint(relay)
metrics = publisher.OnLoop("web")


def start() -> None:
    """The server starts: what runs beside requests begins."""
    relay.start()
    metrics.start()


async def stop() -> None:
    """The server stops: say what is not said yet, and good-bye."""
    await relay.stop()
    await current_presence().stop()
    await metrics.stop()


async def http(scope: Any, receive: Receive, send: Any) -> None:
    """FLV goes past Django and all its middleware."""
    target = flv_endpoint if scope["path"].startswith(PREFIX) else django_application
    await target(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": websockets,
        "lifespan": Lifespan(start=start, stop=stop),
    }
)
