"""The picture's pages."""

from django.urls import path

from samlad.picture import views

urlpatterns = [
    path("", views.pictures, name="pictures"),
    path("ny/", views.start, name="picture_start"),
    path("metoder/", views.methods, name="methods"),
    path("metoder/<slug:slug>/", views.method, name="method"),
    path("<int:pk>/", views.picture, name="picture"),
    path("<int:pk>/fynd/<int:position>/", views.decide, name="finding_decide"),
    path("<int:pk>/text/", views.write, name="picture_write"),
    path("<int:pk>/rakna-om/", views.recompile, name="picture_recompile"),
    path("<int:pk>/granska/", views.review, name="picture_review"),
    path("<int:pk>/oppna/", views.reopen, name="picture_reopen"),
    path("<int:pk>/faststall/", views.adopt, name="picture_adopt"),
    path("<int:pk>/dela/", views.share, name="picture_share"),
    path("<int:pk>/dela/<int:share_pk>/avsluta/", views.end_share, name="share_end"),
    path("<int:pk>/lagesbild.pdf", views.pdf, name="picture_pdf"),
    path("<int:pk>/picture.json", views.json, name="picture_json"),
    path("<int:pk>/omraden.geojson", views.areas, name="picture_areas"),
]
