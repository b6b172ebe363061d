"""Which ingest node an encoder sends to: so far there was one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0003_measures")]

    operations = [
        migrations.AddField(
            "publisher",
            "node",
            models.CharField(
                db_default="main", default="main", max_length=31, verbose_name="ingest node"
            ),
        ),
    ]
