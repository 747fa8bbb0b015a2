"""One spreadsheet of organisations and people; invitations that are spent."""

import pytest
from django.core import signing
from openpyxl import Workbook

from samlad.accounts.models import User
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from samlad.organisations.models import Organisation
from samlad.setup import actions, invitations, people_file
from samlad.setup.people_file import BadPeopleFile
from tests.cast import NOON

ROWS = [
    ["Organisation", "Typ", "Namn", "E-post", "Roll"],
    ["Bostadsbolaget", "Bostadsbolag", "Rapportör Ett", "r1@bolaget.example", "Rapportör"],
    ["Bostadsbolaget", "", "Rapportör Två", "R2@bolaget.example", ""],
    ["Skola", "skola", "", "", ""],
]


@pytest.fixture
def read(tmp_path, db):
    """Return a reader of rows, written as CSV or XLSX."""

    def run(rows, form="csv", encoding="utf-8"):
        path = tmp_path / f"people.{form}"
        if form == "xlsx":
            book = Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        else:
            path.write_text("\n".join(";".join(row) for row in rows), encoding=encoding)
        return people_file.read(path, name=path.name)

    return run


@pytest.mark.parametrize(
    ("form", "encoding"), [("csv", "utf-8"), ("csv", "windows-1252"), ("xlsx", "")]
)
def test_a_spreadsheet_is_read_whatever_it_is(form, encoding, read):
    rows, faults = read(ROWS, form, encoding)

    assert faults == []
    assert [(row.number, row.kind, row.email, row.role) for row in rows] == [
        (2, "bostadsbolag", "r1@bolaget.example", Role.REPORTER),
        (3, "forvaltning", "r2@bolaget.example", Role.REPORTER),
        (4, "skola", "", ""),
    ]


@pytest.mark.parametrize(
    "row",
    [
        ["", "Skola", "N", "n@x.example", ""],
        ["Skola", "Slott", "", "", ""],
        ["Skola", "Skola", "N", "", ""],
        ["Skola", "Skola", "N", "inte en adress", ""],
        ["Skola", "Skola", "N", "n@x.example", "Kung"],
        ["Ring 070-174 06 05", "Skola", "", "", ""],
    ],
)
def test_a_bad_row_is_told_by_its_number_and_the_others_are_read(row, read):
    rows, faults = read([*ROWS, row])

    assert len(rows) == 3
    assert [number for number, _ in faults] == [5]


@pytest.mark.parametrize("rows", [[], [["Namn", "E-post"]], [ROWS[0]]])
def test_a_file_without_rows_or_columns_is_refused(rows, read):
    with pytest.raises(BadPeopleFile):
        read(rows)


def test_the_same_file_twice_adds_nothing(town, person, read):
    administrator = person(Role.ADMINISTRATOR)
    rows, _ = read(ROWS)
    first, again = (
        actions.take_in_people(municipality_id=town.pk, rows=rows, by=administrator, now=NOON)
        for _ in range(2)
    )

    assert (first.organisations, first.people, first.roles) == (2, 2, 2)
    assert (again.organisations, again.people, again.roles) == (0, 0, 0)
    assert Membership.objects.filter(user__email="r2@bolaget.example").count() == 1


def test_beginning_makes_a_board_and_one_person_with_both_roles(db):
    municipality, user = actions.begin(
        code="1278", name="Båstads kommun", board="KS", person="N", email="n@x.example", now=NOON
    )

    assert municipality.process_authority == Organisation.objects.get(name="KS")
    assert set(user.memberships.values_list("role", flat=True)) == {
        Role.ADMINISTRATOR,
        Role.COORDINATOR,
    }
    with pytest.raises(actions.AlreadySetUp):
        actions.begin(code="1278", name="x", board="y", person="z", email="z@x.example", now=NOON)


class TestInvitations:
    """A signed address that is spent when a password has been chosen."""

    def test_it_opens_once(self, person):
        user = person(Role.REPORTER)
        secret = invitations.invite(user=user, by=None, now=NOON)
        assert invitations.accept(secret=secret, password="en lång ny mening", now=NOON) == user

        assert invitations.holder_of(secret) is None
        assert invitations.accept(secret=secret, password="en annan mening", now=NOON) is None

    def test_a_changed_or_foreign_address_opens_nothing(self, person):
        user = person(Role.REPORTER)
        secret = invitations.invite(user=user, by=None, now=NOON)

        assert invitations.holder_of(secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None
        assert invitations.holder_of(signing.dumps([user.pk, ""], salt="another")) is None
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert invitations.holder_of(secret) is None

    def test_a_role_in_another_municipality_closes_it(self, person, other_town):
        """Or one municipality's administrator could become another's coordinator."""
        user = person(Role.REPORTER)
        secret = invitations.invite(user=user, by=None, now=NOON)
        Membership.objects.create(
            user=user,
            organisation=other_town.process_authority,
            role=Role.COORDINATOR,
            starts_on=NOON.date(),
        )

        assert invitations.holder_of(secret) is None


def test_beginning_takes_nobody_s_account(person):
    user = person(Role.COORDINATOR)

    with pytest.raises(actions.AddressTaken):
        actions.begin(
            code="1278", name="x", board="y", person="z", email=user.email.upper(), now=NOON
        )


def test_the_first_address_opens_once(settings, tmp_path):
    from samlad.setup import beginning

    secret = beginning.open_()
    assert beginning.is_open(secret)
    assert not beginning.is_open(secret + "x")
    assert beginning.close(secret)
    assert not beginning.close(secret)
