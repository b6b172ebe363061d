"""How many people watched in each minute."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0011_room_picture")]

    operations = [
        migrations.CreateModel(
            "AudienceMinute",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minute", models.DateTimeField(db_index=True)),
                ("viewers", models.PositiveIntegerField()),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audience_minutes",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("room", "minute"), name="audience_minute_once"
                    )
                ],
            },
        ),
    ]
