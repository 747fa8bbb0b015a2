"""Fill in the kinds of activity an installation starts with."""

from django.db import migrations

from samlad.activities.kinds import DEFAULT_KINDS


def fill(apps, schema_editor):
    kind = apps.get_model("activities", "ActivityKind")
    for one in DEFAULT_KINDS:
        kind.objects.update_or_create(
            municipality=None,
            code=one.code,
            defaults={
                "label_sv": one.label_sv,
                "label_en": one.label_en,
                "banded": one.banded,
                "is_shift": one.is_shift,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
