"""The cast: towns, organisations, and the hour it is."""

from __future__ import annotations

from datetime import UTC, datetime

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


def make_town(code: str, name: str):  # type: ignore[no-untyped-def]
    """Return a saved municipality with its authority."""
    from samlad.organisations.models import Municipality

    municipality = Municipality.objects.create(code=code, name=name)
    municipality.process_authority = make_organisation(municipality, "Kommunstyrelsen")
    municipality.save()
    return municipality


def make_organisation(municipality, name: str, kind: str = "kommunstyrelse"):  # type: ignore[no-untyped-def]
    """Return a saved organisation."""
    from samlad.organisations.models import Organisation, OrganisationKind

    return Organisation.objects.get_or_create(
        municipality=municipality,
        name=name,
        defaults={"kind": OrganisationKind.objects.get(code=kind)},
    )[0]
