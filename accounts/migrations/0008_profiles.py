from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_one_skeleton'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='links',
            field=models.JSONField(blank=True, default=list, verbose_name='links'),
        ),
        migrations.AddField(
            model_name='user',
            name='avatar',
            field=models.CharField(blank=True, default='', editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name='user',
            name='banner',
            field=models.CharField(blank=True, default='', editable=False, max_length=60),
        ),
    ]
