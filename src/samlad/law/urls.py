"""The law's pages."""

from django.urls import path

from samlad.law import views

urlpatterns = [
    path("", views.check, name="lagkollen"),
    path("lagesbild/", views.picture, name="statutory_picture"),
    path("lagesbild/borja/", views.begin, name="statutory_begin"),
    path("annan-plan/<int:pk>/ta-bort/", views.unlink_plan, name="other_plan_remove"),
    path("lagesbild/<int:pk>/", views.picture_page, name="statutory_page"),
    path("lagesbild/<int:pk>.pdf", views.picture_pdf, name="statutory_pdf"),
    path("plan/", views.plans, name="action_plans"),
    path("plan/ny/", views.save_plan, name="plan_add"),
    path("plan/<int:pk>/", views.save_plan, name="plan_change"),
    path("plan/<int:pk>/visa/", views.plan_page, name="plan_page"),
    path("plan/<int:pk>/beslut/", views.decide_plan, name="plan_decide"),
    path("plan/<int:pk>/uppfoljning/", views.follow_up, name="plan_follow_up"),
    path("plan/<int:pk>.pdf", views.plan_pdf, name="plan_pdf"),
    path("samordningsfunktion/", views.function, name="coordinating_function"),
]
