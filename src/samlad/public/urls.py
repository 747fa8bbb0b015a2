"""Where residents answer. Everything else of this room is released bytes."""

from django.urls import path

from samlad.public import views

urlpatterns = [
    path("tyck/", views.feedback, name="page_feedback"),
    path("tyck-till/svara/", views.answer, name="question_answer"),
    path("en/tyck-till/svara/", views.answer, {"language": "en"}, name="question_answer_en"),
    path("tillganglighet/brist/", views.defect, name="page_defect"),
    path("en/tillganglighet/brist/", views.defect, {"language": "en"}, name="page_defect_en"),
    path("en/tyck/", views.feedback, {"language": "en"}, name="page_feedback_en"),
]
