"""When followers were told that a room is live."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0012_audience_minutes")]

    operations = [
        migrations.AddField(
            "room", "announced", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
