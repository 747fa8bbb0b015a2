"""The releases' pages, behind sign-in."""

from django.urls import path

from samlad.releases import views

urlpatterns = [
    path("", views.releases, name="releases"),
    path("tabell/", views.draft_table, name="table_draft"),
    path("utgivare/", views.publisher, name="publisher"),
    path("lofte/<int:pk>/", views.draft_promise, name="promise_draft"),
    path("<int:pk>/", views.release, name="release"),
    path("<int:pk>/slapp/", views.release_it, name="release_it"),
    path("<int:pk>/kasta/", views.discard, name="release_discard"),
    path("<int:pk>/dra-tillbaka/", views.withdraw, name="release_withdraw"),
]
