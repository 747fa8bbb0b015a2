"""The promises' pages, behind sign-in."""

from django.urls import path

from samlad.promises import views

urlpatterns = [
    path("", views.promises, name="promises"),
    path("ny/", views.save, name="promise_add"),
    path("<int:pk>/", views.promise, name="promise"),
    path("<int:pk>/andra/", views.save, name="promise_change"),
    path("<int:pk>/mal/", views.set_goal, name="promise_goal"),
    path("<int:pk>/mal/<int:goal_pk>/", views.set_goal, name="promise_goal_change"),
    path("<int:pk>/atagande/", views.commit, name="commitment_add"),
    path("<int:pk>/atagande/<int:commitment_pk>/", views.commitment, name="commitment"),
    path("<int:pk>/atagande/<int:commitment_pk>/andra/", views.commit, name="commitment_change"),
    path(
        "<int:pk>/atagande/<int:commitment_pk>/raknat/",
        views.end_judgement,
        name="judgement_end",
    ),
]
