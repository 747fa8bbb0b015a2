"""Who has roles in two municipalities works in the one they chose."""

from datetime import date

import pytest
from django.urls import reverse

from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from tests.incidents.conftest import signed_in  # noqa: F401


@pytest.fixture
def both(signed_in, other_town):  # noqa: F811
    page = signed_in(Role.COORDINATOR)
    Membership.objects.create(
        user=page.person, organisation=other_town.process_authority, role=Role.COORDINATOR,
        starts_on=date(2020, 1, 1),
    )  # fmt: skip
    return page


@pytest.mark.parametrize("name", ["lagkollen", "reporters", "needs", "setup", "areas"])
def test_the_pages_are_of_the_municipality_chosen(name, both, town, other_town):
    for municipality in (other_town, town):
        both.post(reverse("choose_municipality"), {"kommun": municipality.pk})
        page = both.get(reverse(name)).content.decode()
        assert f'value="{municipality.pk}" selected' in page
        assert page.count(municipality.name) > 1 or name == "reporters"


def test_one_without_a_role_there_cannot_be_chosen(signed_in, other_town):  # noqa: F811
    page = signed_in(Role.COORDINATOR)

    answer = page.post(reverse("choose_municipality"), {"kommun": other_town.pk})

    assert answer.status_code == 404
    assert "app-kommun" not in page.get(reverse("start")).content.decode()
