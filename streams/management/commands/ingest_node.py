"""`manage.py ingest_node NAME`: what the machine of an ingest node has to be told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from streair.ingest import is_name
from streams import nodes


class Command(BaseCommand):
    """Prints the settings of a node, its secret among them, for its `.env`."""

    help = "Print what an ingest node on another machine needs in its .env."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what INGEST_NODES calls it")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        if not is_name(name):
            raise CommandError("A node is called by small letters, digits and “-”, and not “main”.")
        site = settings.CLIENT_URL or "https://live.example.org"
        self.stdout.write(f"INGEST_NODE={name}")
        self.stdout.write(f"INGEST_SITE={site}")
        self.stdout.write(f"INGEST_SECRET={nodes.secret_of(name)}")
        if name not in nodes.names():
            self.stderr.write(f"INGEST_NODES does not name {name} yet: its encoders are refused.")
