from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('release', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='inputs',
            field=models.CharField(blank=True, default='', help_text='fingerprint of what a schedule was compiled from; equal: nothing to compile', max_length=64),
            preserve_default=False,
        ),
    ]
