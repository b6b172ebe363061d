import accounts.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_audit_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=accounts.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('browser', 'Browser'), ('app', 'App')], max_length=10, verbose_name='kind')),
                ('session_key', models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
                ('refresh_jti', models.CharField(blank=True, editable=False, max_length=32)),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('seen', models.DateTimeField(verbose_name='last seen')),
                ('expires', models.DateTimeField(db_index=True, verbose_name='expires')),
                ('revoked', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='address')),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='program')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
                'ordering': ['-seen'],
            },
        ),
    ]
