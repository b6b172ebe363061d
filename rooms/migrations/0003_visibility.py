"""Who finds a room and who gets in. The rooms that are there stay public."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0002_first_categories")]

    operations = [
        migrations.AddField(
            "room",
            "visibility",
            models.CharField(
                choices=[
                    ("public", "Everybody"),
                    ("unlisted", "Whoever has the link"),
                    ("password", "Whoever has the password"),
                ],
                default="public",
                max_length=10,
                verbose_name="who may watch",
            ),
        ),
        migrations.AddField(
            "room", "password", models.CharField(blank=True, default="", editable=False, max_length=128),
            preserve_default=False,
        ),
    ]
