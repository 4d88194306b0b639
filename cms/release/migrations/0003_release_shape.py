from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('release', '0002_release_inputs'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='shape',
            field=models.CharField(blank=True, default='', help_text='of the inputs; equal: other pictures in the same places, and no more', max_length=64),
            preserve_default=False,
        ),
    ]
