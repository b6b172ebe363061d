"""A picture for a category."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0007_search_index")]

    operations = [
        migrations.AddField(
            "category",
            "cover",
            models.ImageField(
                blank=True,
                default="",
                upload_to="categories/",
                validators=[
                    django.core.validators.FileExtensionValidator(["jpg", "jpeg", "png", "webp"])
                ],
                verbose_name="cover",
            ),
            preserve_default=False,
        ),
    ]
