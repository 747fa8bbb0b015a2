"""The pages of week 1."""

from django.urls import path

from samlad.setup import views

urlpatterns = [
    path("kom-igang/", views.setup, name="setup"),
    path("kom-igang/personer/", views.people, name="setup_people"),
    path("kom-igang/inbjudningar/", views.invite, name="setup_invitations"),
    path("kom-igang/<str:secret>/", views.begin, name="setup_begin"),
    path("inbjudan/<str:secret>/", views.invitation, name="invitation"),
]
