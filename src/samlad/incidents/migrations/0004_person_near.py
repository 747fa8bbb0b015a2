"""What is near persons and what happens to things; the default list's things are marked."""

from django.db import migrations, models

from samlad.incidents.categories import DEFAULT_CATEGORIES


def mark(apps, schema_editor):
    things = [one.code for one in DEFAULT_CATEGORIES if not one.person_near]
    apps.get_model("incidents", "Category").objects.filter(code__in=things).update(
        person_near=False
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_guard")]

    operations = [
        migrations.AddField("category", "person_near", models.BooleanField(default=True)),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
