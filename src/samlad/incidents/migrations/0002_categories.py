"""The categories an installation starts with, and the words suppliers use for them."""

from django.db import migrations

from samlad.incidents.categories import DEFAULT_CATEGORIES
from samlad.incidents.naming import default_words


def fill(apps, schema_editor):
    category = apps.get_model("incidents", "Category")
    word = apps.get_model("incidents", "CategoryWord")
    made = {
        default.code: category.objects.create(
            code=default.code,
            label_sv=default.label_sv,
            label_en=default.label_en,
            serious=default.serious,
            finest=default.finest.value,
        )
        for default in DEFAULT_CATEGORIES
    }
    word.objects.bulk_create(
        word(word=key, category=made[default.code]) for key, default in default_words().items()
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
