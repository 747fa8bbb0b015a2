"""The pages from problem to effect."""

from django.urls import path

from samlad.measures.views import measures, problems, year

urlpatterns = [
    path("", measures.measures, name="measures"),
    path("ny/", measures.add, name="measure_add"),
    path("las-effekter/", measures.assess_due, name="measures_assess"),
    path("<int:pk>/", measures.measure, name="measure"),
    path("<int:pk>/andra/", measures.change, name="measure_change"),
    path("<int:pk>/lage/", measures.set_status, name="measure_status"),
    path("<int:pk>/fraga/", measures.ask_partner, name="measure_ask"),
    path("<int:pk>/svara/", measures.answer, name="measure_answer"),
    path("<int:pk>/lamna-over/", measures.hand_over, name="measure_hand_over"),
    path("<int:pk>/uppfoljning/", measures.follow_up, name="measure_follow_up"),
    path("<int:pk>/utvardering/", measures.propose, name="measure_propose"),
    path("<int:pk>/las-effekt/", measures.assess, name="measure_assess"),
    path("problem/", problems.problems, name="problems"),
    path("problem/nytt/", problems.add_problem, name="problem_add"),
    path("problem/koppla/", problems.link_finding, name="problem_link"),
    path("problem/<int:pk>/", problems.problem, name="problem"),
    path("problem/<int:pk>/orsak/", problems.add_cause, name="cause_add"),
    path("problem/<int:pk>/orsak/<int:cause_pk>/", problems.remove_cause, name="cause_remove"),
    path("problem/<int:pk>/mal/", problems.set_goal, name="goal_set"),
    path("problem/<int:pk>/stang/", problems.close_problem, name="problem_close"),
    path("satsningar/", problems.programmes, name="programmes"),
    path("satsningar/ny/", problems.save_programme, name="programme_add"),
    path("satsningar/<int:pk>/", problems.programme, name="programme"),
    path("satsningar/<int:pk>/andra/", problems.save_programme, name="programme_change"),
    path("verksamheter/", problems.activities, name="existing_activities"),
    path("arshjul/", year.year, name="year"),
    path("arshjul/<int:pk>/ta-bort/", year.remove_entry, name="wheel_remove"),
    path("skador/", year.damage, name="damage"),
    path("kameror/", year.cameras, name="cameras"),
    path("kameror/ny/", year.save_camera, name="camera_add"),
    path("kameror/<int:pk>/", year.save_camera, name="camera_change"),
]
