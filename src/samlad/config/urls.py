"""Where every page lives."""

from django.urls import include, path

from samlad.rounds.api import api
from samlad.rounds.views.programs import api_docs

urlpatterns = [
    path("", include("samlad.start.urls")),
    path("", include("samlad.setup.urls")),
    path("konto/", include("samlad.accounts.urls")),
    path("", include("samlad.rounds.urls")),
    path("api/docs", api_docs, name="api_docs"),
    path("api/", api.urls),
    path("lagkollen/", include("samlad.law.urls")),
    path("", include("samlad.councils.urls")),
    path("atgarder/", include("samlad.measures.urls")),
    path("slapp/", include("samlad.releases.urls")),
    path("", include("samlad.public.urls")),
    path("lofte/", include("samlad.promises.urls")),
    path("aktiviteter/", include("samlad.activities.urls")),
    path("center/", include("samlad.centres.urls")),
    path("indikatorer/", include("samlad.indicators.urls")),
    path("lagesbild/", include("samlad.picture.urls")),
    path("handelser/", include("samlad.incidents.urls")),
    path("omraden/", include("samlad.places.urls")),
    path("administration/", include("samlad.administration.urls")),
]
