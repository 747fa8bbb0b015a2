"""The administration's pages."""

from django.urls import path

from samlad.administration import views

urlpatterns = [
    path("personer/", views.people, name="people"),
    path("personer/<int:pk>/", views.person, name="person"),
    path("personer/<int:pk>/aktiv/", views.set_active, name="person_active"),
    path("medlemskap/<int:pk>/avsluta/", views.end_membership, name="membership_end"),
    path("organisationer/", views.organisations, name="organisations"),
    path("organisationer/ny/", views.organisation, name="organisation_new"),
    path("organisationer/slag/", views.organisation_kind, name="organisation_kind"),
    path("organisationer/<int:pk>/", views.organisation, name="organisation"),
    path("program/", views.programs, name="programs"),
    path("program/<int:pk>/stang/", views.revoke_program, name="program_revoke"),
    path("logg/", views.events, name="events"),
]
