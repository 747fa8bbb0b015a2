"""Signing in: locked after failures, closed at once, recorded always."""

import pytest
from django.urls import reverse

from samlad.accounts.models import SignInFailure, User
from samlad.audit.models import AuditEvent
from samlad.authorization.permissions import Role

PASSWORD = "lång-nog-lösenfras"


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


@pytest.mark.django_db
class TestSignIn:
    """The way in."""

    def test_the_right_password_leads_to_the_start_page(self, client, person):
        user = person(Role.COORDINATOR)

        response = sign_in(client, user.email)

        assert response.url == reverse("start")
        assert client.get(reverse("start")).status_code == 200
        assert AuditEvent.objects.get().event == "accounts.sign_in.succeeded"

    def test_five_failures_lock_the_address_also_for_the_right_password(self, client, person):
        user = person(Role.COORDINATOR)
        for _ in range(5):
            sign_in(client, user.email, "fel")

        response = sign_in(client, user.email.upper())

        assert "15 minuter" in response.content.decode()
        assert AuditEvent.objects.filter(event="accounts.sign_in.failed").count() == 5

    def test_an_unknown_address_locks_too_and_is_not_kept(self, client, town):
        for _ in range(6):
            response = sign_in(client, "ingen@example.test", "fel")

        assert "15 minuter" in response.content.decode()
        assert not any("ingen" in row.key for row in SignInFailure.objects.all())
        assert "ingen" not in str(list(AuditEvent.objects.values()))

    def test_a_closed_account_is_out_at_its_next_click(self, client, person):
        user = person(Role.COORDINATOR)
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse("start")).status_code == 200

        User.objects.update(is_active=False)

        assert client.get(reverse("start")).status_code == 302

    def test_demo_accounts_are_refused_outside_the_demonstration(self, client, person, settings):
        from dataclasses import replace

        user = person(Role.COORDINATOR, is_demo=True)
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=False)

        response = sign_in(client, user.email)

        assert response.status_code == 200
        assert "Demonstrationskonton" in response.content.decode()

    def test_nobody_signs_up(self, client, town):
        response = client.get(reverse("account_signup"))

        assert "administratör" in response.content.decode()

    def test_nobody_takes_another_address(self, client, person):
        """An account is found by its address when it is given a role."""
        sign_in(client, person(Role.REPORTER).email)

        assert client.get("/konto/email/").status_code == 404

    def test_a_lock_is_recorded_without_saying_who(self, client, person):
        user = person(Role.COORDINATOR)
        for _ in range(5):
            sign_in(client, user.email, "fel")

        locked = AuditEvent.objects.get(event="accounts.sign_in.locked")
        assert (locked.actor, locked.target_id) == ("", str(user.pk))

    def test_signing_out_is_recorded(self, client, person):
        sign_in(client, person(Role.COORDINATOR).email)
        client.post(reverse("account_logout"))

        assert AuditEvent.objects.last().event == "accounts.sign_out.done"
        assert client.get(reverse("start")).status_code == 302
