"""The kinds of cards come from plugins, so the column's field no longer names them. What is stored stays as it is."""

import cms.content.blocks
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("content", "0002_grace_days_and_tags")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("itempage", "body", cms.content.blocks.CardsField(verbose_name="cards")),
            ]
        ),
    ]
