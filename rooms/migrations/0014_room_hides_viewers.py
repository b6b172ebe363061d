"""Rooms that keep to themselves how many watch."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0013_room_announced")]

    operations = [
        migrations.AddField(
            "room",
            "hides_viewers",
            models.BooleanField(
                db_default=False, default=False, verbose_name="hide how many watch"
            ),
        ),
    ]
