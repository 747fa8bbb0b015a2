"""The measures' pages."""

from django.urls import path

from samlad.measures import views

urlpatterns = [
    path("", views.measures, name="measures"),
    path("ny/", views.add, name="measure_add"),
    path("<int:pk>/", views.set_status, name="measure_status"),
]
