"""How gunicorn serves pages and API behind the front: processes with threads; sockets and video are not here."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from deploy.gunicorn_settings import control_socket_disable, post_fork, worker_tmp_dir
from streair import env, safety, starting

__all__ = ["control_socket_disable", "post_fork", "worker_tmp_dir"]

# The front alone talks to it.
bind = "127.0.0.1:3011"
worker_class = "gthread"
with starting.in_one_line():
    workers = env.number("PAGE_PROCESSES", 2)
    threads = env.number("PAGE_THREADS", 16)
    safety.pages_alone(redis_url=settings.REDIS_URL)
preload_app = True
# What is under way when it is asked to stop gets done: a request never takes longer than the front waits.
graceful_timeout = 30
# The front keeps its connections; it must be the one that closes them.
keepalive = 75
# The front has limits of its own, which are lower.
limit_request_line = 8190


def post_worker_init(_worker: Any) -> None:
    """Count what this process does for `/metrics`, once Django is set up in it."""
    from streair.core.metrics.publisher import publish_from_a_thread  # noqa: PLC0415 - it needs Django.

    publish_from_a_thread("pages")
