"""The examples of docs/api.md, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers.site import Site

pytestmark = pytest.mark.system

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BOT_MAKER = """
from accounts.models import User
User.objects.create_user("guide_reader", "reader@example.org", "a-Secret-word")
"""


def test_every_example_works(site: Site, tmp_path: Path) -> None:
    site.python(_BOT_MAKER)
    guide = Path(settings.BASE_DIR, "docs/api.md").read_text()
    script = "set -eu\n" + "\n".join(_BLOCK.findall(guide))
    words = {"SITE": site.url, "NAME": "reader@example.org", "PASSWORD": "a-Secret-word"}

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, **words},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nấu phở bò" in done.stdout
    assert (tmp_path / "token.txt").read_text().count(".") == 2
