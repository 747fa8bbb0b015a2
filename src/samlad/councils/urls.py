"""The councils' pages."""

from django.urls import path

from samlad.councils.views import agreements, groups

urlpatterns = [
    path("rad/", groups.listed, name="councils"),
    path("rad/ny/", groups.save, name="council_add"),
    path("rad/<int:pk>/", groups.show, name="council"),
    path("rad/<int:pk>/andra/", groups.save, name="council_change"),
    path("rad/<int:pk>/plats/", groups.seat, name="council_seat"),
    path("rad/<int:pk>/plats/<int:member_pk>/lamna/", groups.leave, name="council_leave"),
    path("rad/<int:pk>/plats/<int:member_pk>/", groups.change_seat, name="council_seat_change"),
    path("rad/<int:pk>/mote/", groups.plan, name="council_plan"),
    path("moten/<int:pk>/", groups.meeting, name="council_meeting"),
    path("moten/<int:pk>/dagordning/", groups.agenda, name="council_agenda"),
    path("moten/<int:pk>/hallet/", groups.hold, name="council_hold"),
    path("moten/<int:pk>/installt/", groups.call_off, name="council_call_off"),
    path("moten/<int:pk>/beslut/", groups.decide, name="council_decide"),
    path("moten/<int:pk>/protokoll.pdf", groups.minutes_pdf, name="council_minutes"),
    path("overenskommelser/", agreements.listed, name="agreements"),
    path("overenskommelser/ny/", agreements.save, name="agreement_add"),
    path("overenskommelser/<int:pk>/", agreements.save, name="agreement_change"),
    path("enheter/", agreements.directory, name="directory"),
    path("enheter/jag/", agreements.contact, name="directory_me"),
    path("enheter/<int:pk>/", agreements.unit, name="unit_page"),
    path("enheter/<int:pk>/fraga/", agreements.ask, name="unit_ask"),
    path("enheter/hjalp/<int:pk>/", agreements.answered, name="help_answered"),
]
