"""The centres' pages."""

from django.urls import path

from samlad.centres import views

urlpatterns = [
    path("", views.centres, name="centres"),
    path("nytt/", views.save, name="centre_add"),
    path("<int:pk>/", views.centre, name="centre"),
    path("<int:pk>/andra/", views.save, name="centre_change"),
    path("<int:pk>/stang/", views.close, name="centre_close"),
    path("<int:pk>/oppna/<int:closure>/", views.reopen, name="centre_reopen"),
    path("<int:pk>/boka/", views.book, name="centre_book"),
    path("<int:pk>/avboka/<int:booking>/", views.call_off, name="centre_call_off"),
    path("<int:pk>/besok/", views.count_visits, name="centre_visits"),
]
