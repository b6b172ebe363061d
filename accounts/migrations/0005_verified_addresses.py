import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """An address belongs to whoever proved it, so that sign-up need not say whose it is."""

    dependencies = [
        ('accounts', '0004_personal_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='email_verified',
            field=models.BooleanField(default=False, verbose_name='e-mail verified'),
        ),
        migrations.AddField(
            model_name='user',
            name='link_version',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_email_unique_whatever_case',
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email_verified', True)), name='user_email_one_owner', violation_error_message='This e-mail address is in use already.'),
        ),
        # Without the old constraint nothing else would find people by address.
        migrations.AddIndex(
            model_name='user',
            index=models.Index(django.db.models.functions.text.Upper('email'), name='user_email_whatever_case'),
        ),
    ]
