"""A group is part of a programme by the programme's own list alone."""

from django.db import migrations


def keep(apps, schema_editor):
    for group in apps.get_model("councils", "Group").objects.exclude(programme=None):
        group.programme.groups.add(group.organisation_id)


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0002_substitutes_and_versions"),
        ("measures", "0004_activities_of_a_measure"),
    ]

    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField(model_name="group", name="programme"),
    ]
