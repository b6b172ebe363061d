"""The site's settings, with the lists that the bench compares among its addresses."""

from __future__ import annotations

from streair.settings import *  # noqa: F403

ROOT_URLCONF = "tests.load.plain_list"
