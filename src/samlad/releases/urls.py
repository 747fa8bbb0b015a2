"""The releases' pages, behind sign-in."""

from django.urls import path

from samlad.releases.views import documents, releases

urlpatterns = [
    path("", releases.releases, name="releases"),
    path("tabell/", releases.draft_table, name="table_draft"),
    path("utgivare/", releases.publisher, name="publisher"),
    path("lofte/<int:pk>/", releases.draft_promise, name="promise_draft"),
    path("lage/<int:pk>/", documents.draft_picture, name="picture_draft"),
    path("center/<int:pk>/", documents.draft_centre, name="centre_draft"),
    path("rad/", documents.draft_advice, name="advice_draft"),
    path("fraga/", documents.draft_campaign, name="question_draft"),
    path("gjort/", documents.draft_activities, name="activities_draft"),
    path("tillganglighet/", documents.accessibility, name="accessibility"),
    path("tillganglighet/utkast/", documents.draft_statement, name="statement_draft"),
    path("tillganglighet/<int:pk>/hanterad/", documents.handle_defect, name="defect_handled"),
    path("<int:pk>/", releases.release, name="release"),
    path("<int:pk>/svar/", documents.answers, name="question_answers"),
    path("<int:pk>/svar/logga/", documents.log_dialogue, name="question_log"),
    path("<int:pk>/slapp/", releases.release_it, name="release_it"),
    path("<int:pk>/kasta/", releases.discard, name="release_discard"),
    path("<int:pk>/dra-tillbaka/", releases.withdraw, name="release_withdraw"),
]
