from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_profiles'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='leaving_since',
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='leaving since'),
        ),
        migrations.AddField(
            model_name='user',
            name='erased',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased'),
        ),
    ]
