"""The rounds' pages, and the phone's."""

from django.urls import path

from samlad.rounds.views import course, meeting, phone, reviewing, setting

urlpatterns = [
    path("omgangar/", course.rounds, name="rounds"),
    path("omgangar/process/", setting.process, name="process"),
    path("omgangar/rapportorer/", setting.reporters, name="reporters"),
    path("omgangar/rapportorer/<int:pk>/avsluta/", setting.release, name="reporter_release"),
    path("omgangar/mottagare/", setting.recipients, name="recipients"),
    path("omgangar/mottagare/<int:pk>/ta-bort/", setting.remove_recipient, name="recipient_remove"),
    path("omgangar/<int:pk>/", course.round_, name="round"),
    path("omgangar/<int:pk>/stang/", course.close, name="round_close"),
    path("omgangar/<int:pk>/oppna/", course.reopen, name="round_reopen"),
    path("omgangar/<int:pk>/klar/", course.finish, name="round_finish"),
    path("omgangar/<int:pk>/igen/", course.review_again, name="round_review_again"),
    path("omgangar/<int:pk>/utskick/", course.dispatch, name="round_dispatch"),
    path("omgangar/<int:pk>/granska/", reviewing.review, name="round_review"),
    path("omgangar/<int:pk>/granska/resten/", reviewing.include_rest, name="round_include_rest"),
    path("omgangar/<int:pk>/granska/<int:incident_pk>/", reviewing.decide, name="report_decide"),
    path("omgangar/<int:pk>/granska/<int:incident_pk>/angra/", reviewing.undo, name="report_undo"),
    path("omgangar/<int:pk>/mote/", meeting.meeting, name="meeting"),
    path("omgangar/<int:pk>/mote/fynd/<int:position>/", meeting.decide, name="meeting_decide"),
    path("omgangar/<int:pk>/mote/atgard/", meeting.act, name="meeting_act"),
    path("omgangar/<int:pk>/mote/muntligt/", meeting.note, name="meeting_note"),
    path("omgangar/<int:pk>/mote/fokus/", meeting.focus, name="meeting_focus"),
    path("omgangar/<int:pk>/mote/ordning/", meeting.priority, name="meeting_priority"),
    path(
        "omgangar/<int:pk>/mote/<str:kind>/<int:thing_pk>/ta-bort/",
        meeting.remove,
        name="meeting_remove",
    ),
    path("omgangar/<int:pk>/faststall/", meeting.adopt, name="round_adopt"),
    path("insatser/", meeting.presences, name="presences"),
    path("insatser/<int:pk>/vem/", meeting.assign, name="presence_assign"),
    path("insatser/<int:pk>/flytta/", meeting.move, name="presence_move"),
    path("pa-gang/", setting.coming, name="coming"),
    path("pa-gang/<int:pk>/ta-bort/", setting.withdraw, name="coming_withdraw"),
    path("rapportera/", phone.phone, name="report_phone"),
    path("rapportera/uppgifter.json", phone.lists, name="report_lists"),
    path("rapportera/skicka/", phone.send, name="report_send"),
    path("rapportera/enhet/", phone.device, name="report_device"),
    path("rapportera/telefon/", phone.own_phone, name="own_phone"),
    path("rapportera/mina/", phone.own_reports, name="own_reports"),
    path("sw.js", phone.service_worker, name="service_worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
]
