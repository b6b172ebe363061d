"""Where searches look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0004_mature_tagged_featured")]

    operations = [
        migrations.AddField(
            "room", "search_key", models.TextField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
    ]
