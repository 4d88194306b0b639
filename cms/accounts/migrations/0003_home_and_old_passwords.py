import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def settle(apps, schema_editor):
    """Who has roles in one province only is looked after there."""
    User = apps.get_model('accounts', 'User')
    ProvinceGroup = apps.get_model('accounts', 'ProvinceGroup')
    homes = {}
    for user, province in ProvinceGroup.objects.filter(group__user__isnull=False).values_list('group__user', 'province'):
        homes.setdefault(user, set()).add(province)
    for user, provinces in homes.items():
        if len(provinces) == 1:
            User.objects.filter(pk=user).update(province=provinces.pop())


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_two_more_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='province',
            field=models.SlugField(blank=True, editable=False, max_length=40, verbose_name='province'),
        ),
        migrations.CreateModel(
            name='OldPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=128)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='old_passwords', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'former password',
                'verbose_name_plural': 'former passwords',
                'ordering': ['-id'],
            },
        ),
        migrations.RunPython(settle, migrations.RunPython.noop),
    ]
