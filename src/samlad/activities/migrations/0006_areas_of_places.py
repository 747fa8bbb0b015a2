"""What was logged at a place is of the area that holds it, as what is logged from now on."""

import numpy as np
import shapely
from django.db import migrations

from samlad.places.locating import NOWHERE, Locator


def fill(apps, schema_editor):
    activity = apps.get_model("activities", "Activity")
    area = apps.get_model("places", "Area")
    bare = activity.objects.filter(area=None, place__isnull=False)
    for town in set(bare.values_list("municipality_id", flat=True)):
        now = list(area.objects.filter(municipality_id=town, ends_before=None))
        wholes = {one.parent_id for one in now}
        leaves = sorted((one for one in now if one.pk not in wholes), key=lambda one: one.code)
        if not leaves:
            continue
        locator = Locator([shapely.from_wkb(bytes(one.boundary)) for one in leaves])
        places = {one.place for one in bare.filter(municipality_id=town).select_related("place")}
        for place in places:
            (found,) = locator.areas_of(np.array([place.x_m]), np.array([place.y_m]))
            if found != NOWHERE:
                bare.filter(place=place).update(area=leaves[found])


class Migration(migrations.Migration):
    dependencies = [("activities", "0005_files"), ("places", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
