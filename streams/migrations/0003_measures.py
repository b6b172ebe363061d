"""What arrived from encoders in the last minutes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0011_room_picture"), ("streams", "0002_silent_publishers")]

    operations = [
        migrations.CreateModel(
            "Measure",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("kbps", models.PositiveIntegerField()),
                ("fps", models.FloatField(null=True)),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measures",
                        to="rooms.room",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["room", "at"], name="measure_room_at")]},
        ),
    ]
