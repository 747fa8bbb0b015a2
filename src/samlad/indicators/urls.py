"""The indicators' pages."""

from django.urls import path

from samlad.indicators import views

urlpatterns = [
    path("", views.indicators, name="indicators"),
    path("ny/", views.add, name="indicator_add"),
    path("las-in/", views.take_in, name="indicators_take_in"),
    path("hastigheter/", views.speeds, name="speeds"),
    path("hastigheter/las-in/", views.take_in_speeds, name="speeds_take_in"),
    path("<int:pk>/", views.indicator, name="indicator"),
]
