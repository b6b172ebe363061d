"""Rules that are agreed to, and modes that end by themselves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0004_overlay_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "ChatRules",
            [
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="chat_rules",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="streamer",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=500, verbose_name="text")),
                ("edition", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={"verbose_name": "chat rules", "verbose_name_plural": "chat rules"},
        ),
        migrations.CreateModel(
            "Agreement",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.PositiveIntegerField()),
                (
                    "rules",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreements",
                        to="chat.chatrules",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rules", "user"), name="agreement_once")
                ],
            },
        ),
        migrations.AddField(
            "chat", "temporary", models.JSONField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "chat",
            "temporary_until",
            models.DateTimeField(blank=True, db_index=True, editable=False, null=True),
        ),
    ]
