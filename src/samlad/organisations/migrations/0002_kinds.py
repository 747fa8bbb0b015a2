"""The kinds of organisation an installation starts with."""

from django.db import migrations

from samlad.organisations.kinds import DEFAULT_KINDS


def fill(apps, schema_editor):
    kind = apps.get_model("organisations", "OrganisationKind")
    kind.objects.bulk_create(
        kind(code=code, label_sv=sv, label_en=en, actor_class=actor.value)
        for code, sv, en, actor in DEFAULT_KINDS
    )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
