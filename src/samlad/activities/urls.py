"""The log's pages."""

from django.urls import path

from samlad.activities import views

urlpatterns = [
    path("", views.activities, name="activities"),
    path("ny/", views.save, name="activity_add"),
    path("pass/", views.shift, name="shift_add"),
    path("fil/", views.take_in, name="activities_take_in"),
    path("slag/", views.add_kind, name="activity_kind_add"),
    path("grannsamverkan/", views.watch, name="watch_areas"),
    path("grannsamverkan/<int:pk>/", views.watch, name="watch_area"),
    path("<int:pk>/", views.activity, name="activity"),
    path("<int:pk>/andra/", views.save, name="activity_change"),
    path("<int:pk>/ta-bort/", views.remove, name="activity_remove"),
]
