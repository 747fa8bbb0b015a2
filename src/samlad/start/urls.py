"""The front page, the start page, the pulse."""

from django.urls import path
from django.views.i18n import set_language

from samlad.start import views

urlpatterns = [
    path("", views.front, name="front"),
    path("start/", views.start, name="start"),
    path("kommun/", views.choose_municipality, name="choose_municipality"),
    path("healthz", views.healthz, name="healthz"),
    path("sprak/", set_language, name="set_language"),
]
