"""The chain's first link, and triggers that refuse to change or remove a link."""

from django.db import migrations

from samlad.audit import protection
from samlad.audit.chain import FIRST_LINK


def begin(apps, schema_editor):
    apps.get_model("audit", "AuditHead").objects.create(sequence=0, hash=FIRST_LINK)


def protect(apps, schema_editor):
    protection.put_back(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
