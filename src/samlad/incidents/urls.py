"""The incidents' pages."""

from django.urls import path

from samlad.incidents import views

urlpatterns = [
    path("inlasning/", views.batches, name="batches"),
    path("inlasning/ny/", views.new_batch, name="batch_new"),
    path("inlasning/<int:pk>/", views.batch, name="batch"),
    path("inlasning/<int:pk>/kolumner/", views.columns, name="batch_columns"),
    path("inlasning/<int:pk>/kasta/", views.discard, name="batch_discard"),
    path("polisens-handelser/", views.notices, name="notices"),
    path("kategorier/", views.categories, name="categories"),
    path("kategorier/ny/", views.category, name="category_new"),
    path("kategorier/<int:pk>/", views.category, name="category"),
    path("kategorier/ord/", views.map_word, name="word_map"),
]
