"""The project's settings as tests run them: own data, known secrets, deaf to the developer's `.env`."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
_DATA_DIR = tempfile.mkdtemp(prefix=f"streair-tests-{_PROCESS}-")
atexit.register(shutil.rmtree, _DATA_DIR, ignore_errors=True)


def _own_redis(url: str) -> str:
    """Give each xdist worker its own Redis database: clearing Django's cache flushes all of one."""
    number = int(_PROCESS.removeprefix("gw")) + 1 if _PROCESS.startswith("gw") else 0
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}")) if url else ""


os.environ.update(
    DATA_DIR=_DATA_DIR,
    DEBUG="0",
    SECRET_KEY="tests-secret-key-" * 4,
    JWT_SECRET="tests-jwt-secret-tests-jwt-secret-tests",
    HOOK_SECRET="tests-hook-secret-tests-hook-secret-tests",
    REDIS_URL=_own_redis(os.environ.get("REDIS_URL", "")),
    REDIS_KEY_PREFIX=f"tests-{_PROCESS}",
    RATE_LIMIT_ENABLED="1",
    # Rooms that tests put on air have no stream to take a picture of.
    PICTURE_SECONDS="0",
)
# An empty variable means "the default" and keeps `.env` from being heard.
for _name in re.findall(r"^#?([A-Z_]+)=", _EXAMPLE.read_text(), re.MULTILINE):
    os.environ.setdefault(_name, "")

from streair.settings import *  # noqa: E402, F403 - after the environment is prepared.

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Hashed names would need collectstatic before every run.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
Path(_DATA_DIR, "static").mkdir()  # WhiteNoise warns when there is no such folder.
# Tests count queries; tests/conftest.py says when to ask again.
BRAND_SECONDS = 3600
