"""Areas: from a file in degrees or metres, versioned, merged, and points placed in them."""

import json
import sqlite3
import struct
from datetime import date

import numpy as np
import pytest
import shapely
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.places import actions, area_files, projection, queries
from samlad.places.errors import BadGeometry
from samlad.places.locating import NOWHERE, Locator
from samlad.places.models import Area, AreaKind
from tests.cast import NOON

SQUARES = {
    "1260R001": ("Norra", (13.0, 56.0, 13.1, 56.1)),
    "1260R002": ("Södra", (13.0, 55.9, 13.1, 56.0)),
    "1278R001": ("Grannen", (13.1, 56.0, 13.2, 56.1)),
}


def geojson(path, squares=SQUARES, *, metres=False, **extra):
    features = []
    for code, (name, box) in squares.items():
        polygon = shapely.box(*box)
        if metres:
            polygon = area_files.to_crs(polygon, source="EPSG:4326", target="EPSG:3006")
        features.append(
            {
                "type": "Feature",
                "properties": {"regsokod": code, "regsonamn": name},
                "geometry": json.loads(shapely.to_geojson(polygon)),
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **extra}))
    return path


def geopackage(path):
    database = sqlite3.connect(path)
    database.executescript(
        """CREATE TABLE gpkg_spatial_ref_sys (srs_id INT, organization TEXT, organization_coordsys_id INT);
        INSERT INTO gpkg_spatial_ref_sys VALUES (3006, 'EPSG', 3006);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INT);
        INSERT INTO gpkg_geometry_columns VALUES ('regso', 'geom', 3006);
        CREATE TABLE regso (fid INT, regsokod TEXT, regsonamn TEXT, geom BLOB);"""
    )
    for number, (code, (name, box)) in enumerate(SQUARES.items()):
        polygon = area_files.to_crs(shapely.box(*box), source="EPSG:4326", target="EPSG:3006")
        header = b"GP\x00" + bytes([0b00000011]) + struct.pack("<i", 3006)
        envelope = struct.pack("<4d", *np.array(polygon.bounds)[[0, 2, 1, 3]])
        blob = header + envelope + shapely.to_wkb(polygon)
        database.execute("INSERT INTO regso VALUES (?, ?, ?, ?)", (number, code, name, blob))
    database.commit()
    database.close()
    return path


class TestReading:
    """A file of areas is recognised as it is."""

    def test_geojson_in_degrees(self, tmp_path):
        file = area_files.read(geojson(tmp_path / "a.geojson"))

        assert file.crs == "EPSG:4326"
        assert (file.areas[0].code, file.areas[0].name) == ("1260R001", "Norra")

    def test_geojson_in_metres_is_detected(self, tmp_path):
        assert area_files.read(geojson(tmp_path / "a.json", metres=True)).crs == "EPSG:3006"

    def test_geopackage_gives_the_same_areas(self, tmp_path):
        package = area_files.read(geopackage(tmp_path / "a.gpkg"))
        plain = area_files.read(geojson(tmp_path / "a.geojson"))

        assert package.crs == "EPSG:3006"
        for one, other in zip(package.areas, plain.polygons("EPSG:3006"), strict=True):
            assert one.polygon.symmetric_difference(other).area < 1.0

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("{}", "not a GeoJSON"),
            ("nonsense", "not a GeoJSON"),
            ('{"type": "FeatureCollection", "features": []}', "no areas"),
            (
                '{"features": [{"properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
                "--area-code",
            ),
            (
                '{"features": [{"properties": {"kod": 1}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
                "not a polygon",
            ),
            ('{"features": [{"properties": {"kod": 1}, "geometry": null}]}', "no geometry"),
        ],
    )
    def test_a_bad_file_gives_one_sentence(self, content, said, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(content)

        with pytest.raises(BadGeometry, match=said):
            area_files.read(path)

    def test_a_missing_file_and_an_asked_property_that_is_not_there(self, tmp_path):
        with pytest.raises(BadGeometry, match="cannot be read"):
            area_files.read(tmp_path / "none.geojson")
        with pytest.raises(BadGeometry, match="no property 'kod'"):
            area_files.read(geojson(tmp_path / "a.geojson"), code="kod")


@pytest.mark.parametrize(
    ("east", "north"), [(12.9, 56.1), (14.4, 55.4), (20.2, 67.9), (23.9, 65.8)]
)
def test_skane_and_norrbotten_fit_within_a_metre(east, north):
    """Degrees to SWEREF 99 TM and back, and SWEREF's own scale at the edges."""
    x, y = projection.transform(
        np.array([east]), np.array([north]), source="EPSG:4326", target="EPSG:3006"
    )
    back = projection.transform(x, y, source="EPSG:3006", target="EPSG:4326")

    metres_per_degree = 111_000
    assert abs(back[0][0] - east) * metres_per_degree < 0.01
    assert abs(back[1][0] - north) * metres_per_degree < 0.01


def test_toronto_is_measured_in_its_utm_zone():
    """SWEREF 99 TM would stretch it by 44 %."""
    assert projection.metric_crs_for(np.array([-79.4]), np.array([43.7])) == "EPSG:32617"
    assert projection.metric_crs_for(np.array([13.0]), np.array([56.0])) == "EPSG:3006"


def test_a_point_on_the_border_belongs_to_the_first_area():
    locator = Locator([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])

    found = locator.areas_of(np.array([1.0, 1.5, 5.0, np.nan]), np.array([0.5, 0.5, 0.5, 0.5]))

    assert found.tolist() == [0, 1, NOWHERE, NOWHERE]


@pytest.mark.django_db
class TestImport:
    """Areas come in as versions."""

    def load(self, town, tmp_path, by=None, valid_from=date(2018, 1, 1), squares=SQUARES):
        return actions.import_areas(
            municipality_id=town.pk,
            kind=AreaKind.REGSO,
            file=area_files.read(geojson(tmp_path / "a.geojson", squares)),
            valid_from=valid_from,
            provenance="test",
            by=by,
            now=NOON,
        )

    def test_only_the_municipalitys_own_are_taken(self, town, tmp_path):
        self.load(town, tmp_path)

        assert {a.code for a in Area.objects.all()} == {"1260", "1260R001", "1260R002"}

    def test_the_same_file_twice_changes_nothing(self, town, tmp_path):
        self.load(town, tmp_path)
        before = set(Area.objects.values_list("pk", "ends_before"))
        self.load(town, tmp_path, valid_from=date(2025, 1, 1))

        assert set(Area.objects.values_list("pk", "ends_before")) == before

    def test_a_changed_border_is_a_new_version(self, town, tmp_path):
        self.load(town, tmp_path)
        moved = {**SQUARES, "1260R001": ("Norra", (13.0, 56.0, 13.1, 56.12))}
        self.load(town, tmp_path, valid_from=date(2025, 1, 1), squares=moved)

        versions = Area.objects.filter(code="1260R001").order_by("valid_from")
        assert [v.ends_before for v in versions] == [date(2025, 1, 1), None]
        assert [v.code for v in Area.objects.valid_on(date(2024, 6, 1))].count("1260R001") == 1

    def test_districts_are_merged_of_areas(self, town, tmp_path, person):
        self.load(town, tmp_path)
        parts = Area.objects.filter(kind=AreaKind.REGSO)
        parts.update(population=1000, population_year=2023)
        district = actions.merge_areas(
            municipality_id=town.pk,
            name="Centrum",
            code="centrum",
            part_ids=[p.pk for p in parts],
            by=person(Role.COORDINATOR),
            now=NOON,
        )

        assert district.population == 2000
        whole, merged, *rest = queries.area_versions(town)
        assert (whole.kind, merged.name) == ("kommun", "Centrum")
        assert {area.parent for area in rest} == {district.pk}
        with pytest.raises(BadGeometry, match="already"):
            actions.merge_areas(
                municipality_id=town.pk,
                name="X",
                code="x",
                part_ids=[parts[0].pk],
                by=None,
                now=NOON,
            )

    def test_a_place_outside_or_of_a_known_name_is_refused(self, town, tmp_path, person):
        self.load(town, tmp_path)
        add = {
            "municipality_id": town.pk, "kind": "park", "access": "offentlig", "latitude": 56.05,
            "by": person(Role.COORDINATOR), "now": NOON,
        }  # fmt: skip
        actions.add_place(name="Parken", longitude=13.05, **add)

        with pytest.raises(BadGeometry, match="already"):
            actions.add_place(name="parken", longitude=13.05, **add)
        with pytest.raises(BadGeometry, match="outside"):
            actions.add_place(name="Långt bort", longitude=15.0, **add)

    def test_a_reporter_may_not(self, town, tmp_path, person):
        with pytest.raises(PermissionDenied):
            self.load(town, tmp_path, by=person(Role.REPORTER))
