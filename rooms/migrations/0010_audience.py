"""How many people watched a room."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0009_reports")]

    operations = [
        migrations.CreateModel(
            "Audience",
            [
                (
                    "room",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="audience",
                        serialize=False,
                        to="rooms.room",
                    ),
                ),
                ("sketch", models.BinaryField(default=bytes)),
            ],
        ),
        # With defaults of the database's own: processes of the version before insert rooms, too.
        migrations.AddField(
            "room",
            "peak_viewers",
            models.PositiveIntegerField(
                db_default=0, default=0, verbose_name="most viewers at once"
            ),
        ),
        migrations.AddField(
            "room",
            "unique_viewers",
            models.PositiveIntegerField(db_default=0, default=0, verbose_name="viewers in all"),
        ),
        migrations.AddField(
            "room",
            "watched_seconds",
            models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="seconds watched"),
        ),
    ]
