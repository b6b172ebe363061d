"""What people are told of, and the language of their mails."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_theme")]

    # With defaults of the database's own: processes of the version before insert rows, too.
    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=5),
        ),
        migrations.AddField(
            "user",
            "notify_on_site",
            models.BooleanField(db_default=True, default=True, verbose_name="told on the site"),
        ),
        migrations.AddField(
            "user",
            "notify_by_mail",
            models.BooleanField(db_default=False, default=False, verbose_name="told by mail"),
        ),
        migrations.AddField(
            "follow",
            "notifies",
            models.BooleanField(db_default=True, default=True, verbose_name="told"),
        ),
        migrations.AddField(
            "follow",
            "mailed_about",
            models.PositiveBigIntegerField(editable=False, null=True),
        ),
    ]
