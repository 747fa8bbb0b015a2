"""The areas' pages."""

from django.urls import path

from samlad.places import views

urlpatterns = [
    path("", views.areas, name="areas"),
    path("granser.geojson", views.outlines, name="area_outlines"),
    path("ny-fil/", views.import_areas, name="areas_import"),
    path("ny-plats/", views.add_place, name="place_new"),
    path("slå-ihop/", views.merge, name="areas_merge"),
]
