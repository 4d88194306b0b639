import modelcluster.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0005_levels_and_members'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='clusters',
            field=modelcluster.fields.ParentalManyToManyField(blank=True, help_text='For a district or commune: whoever belongs to no other organisation sees and changes only the items that it supplies, and these clusters. None chosen: everything of the province.', related_name='organisations', to='places.cluster', verbose_name='confined to these clusters'),
        ),
    ]
