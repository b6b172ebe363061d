from django.db import migrations, models

from accounts.names import skeleton


def fill(apps, schema_editor):
    """Give everybody a skeleton; of people whose names look alike already, only the first."""
    User = apps.get_model('accounts', 'User')
    taken = set()
    for pk, username in User.objects.order_by('pk').values_list('pk', 'username').iterator():
        found = skeleton(username)
        if found and found not in taken:
            taken.add(found)
            User.objects.filter(pk=pk).update(skeleton=found)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_verified_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='skeleton',
            field=models.CharField(blank=True, default='', editable=False, max_length=60),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
