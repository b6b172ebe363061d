from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_skeletons'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('skeleton', ''), _negated=True), fields=('skeleton',), name='user_skeleton_unique', violation_error_message='This user name looks like one that is taken.'),
        ),
    ]
