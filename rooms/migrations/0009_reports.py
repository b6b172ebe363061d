"""What people report to whoever runs the site."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("rooms", "0008_category_covers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("room", "Room"), ("user", "User"), ("message", "Message")], max_length=10, verbose_name="kind")),
                ("target_id", models.CharField(max_length=40, verbose_name="target (id)")),
                ("target_text", models.CharField(blank=True, max_length=500, verbose_name="target")),
                ("reason", models.CharField(choices=[("spam", "Spam or fraud"), ("harassment", "Insults or threats"), ("hate", "Hate"), ("sexual", "Sexual content"), ("violence", "Violence or self-harm"), ("copyright", "Somebody else's work"), ("other", "Something else")], max_length=12, verbose_name="reason")),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="text")),
                ("created", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="created")),
                ("handled", models.DateTimeField(blank=True, null=True, verbose_name="dealt with")),
                ("handled_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="dealt with by")),
                ("reporter", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reports", to=settings.AUTH_USER_MODEL, verbose_name="reported by")),
                ("room", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reports", to="rooms.room", verbose_name="room")),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["kind", "target_id"], name="report_target")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("handled__isnull", True)),
                        fields=("reporter", "kind", "target_id"),
                        name="report_one_open_per_reporter",
                    )
                ],
            },
        ),
    ]
