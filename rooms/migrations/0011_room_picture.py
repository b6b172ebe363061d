"""A picture of the stream, and when it was taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rooms", "0010_audience")]

    operations: ClassVar = [
        migrations.AddField(
            "room",
            "picture",
            models.CharField(blank=True, default="", editable=False, max_length=60),
        ),
        migrations.AddField(
            "room", "pictured", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
