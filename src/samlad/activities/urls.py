"""The log's pages."""

from django.urls import path

from samlad.activities.views import files, log, shifts, watch, week

urlpatterns = [
    path("", log.activities, name="activities"),
    path("ny/", log.save, name="activity_add"),
    path("pass/", shifts.shift, name="shift_add"),
    path("pass/<int:pk>/", shifts.shift, name="shift_change"),
    path("vecka/", week.week, name="activity_week"),
    path("bemanning/", shifts.staffing, name="staffing"),
    path("fil/", files.take_in, name="activities_take_in"),
    path("fil/<uuid:file>/angra/", files.undo, name="activities_undo"),
    path("slag/", log.add_kind, name="activity_kind_add"),
    path("grannsamverkan/", watch.watch, name="watch_areas"),
    path("grannsamverkan/<int:pk>/", watch.watch, name="watch_area"),
    path("<int:pk>/", log.activity, name="activity"),
    path("<int:pk>/andra/", log.save, name="activity_change"),
    path("<int:pk>/ta-bort/", log.remove, name="activity_remove"),
]
