"""Where residents answer. Everything else of this room is released bytes."""

from django.urls import path

from samlad.public import views

urlpatterns = [
    path("tyck/", views.feedback, name="page_feedback"),
    path("en/tyck/", views.feedback, {"language": "en"}, name="page_feedback_en"),
]
