"""What a room says about itself besides its texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0003_visibility")]

    operations = [
        migrations.AddField(
            "room", "is_mature", models.BooleanField(default=False, verbose_name="for adults")
        ),
        migrations.AddField(
            "room", "tags", models.JSONField(blank=True, default=list, verbose_name="tags")
        ),
        migrations.AddField(
            "room", "is_featured", models.BooleanField(default=False, verbose_name="featured")
        ),
    ]
