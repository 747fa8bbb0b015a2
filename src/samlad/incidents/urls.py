"""The incidents' pages."""

from django.urls import path

from samlad.incidents.views import browsing, importing, reporting, reviewing

urlpatterns = [
    path("", browsing.incidents, name="incidents"),
    path("karta.json", browsing.cells, name="incident_cells"),
    path("export/<str:form>/", browsing.export, name="incident_export"),
    path("val/spara/", browsing.save, name="filter_save"),
    path("val/<int:pk>/ta-bort/", browsing.forget, name="filter_forget"),
    path("ny/", reporting.report, name="report"),
    path("granska/", reviewing.held, name="held"),
    path("granska/<int:pk>/", reviewing.decide, name="text_decide"),
    path("samma/", reviewing.likely_twins, name="twins"),
    path("samma/par/", reviewing.pair, name="twins_pair"),
    path("samma/<int:pk>/skilj/", reviewing.unlink, name="twins_unlink"),
    path("samma/regel/", reviewing.write_rule, name="rule_write"),
    path("samma/regel/<int:pk>/", reviewing.end_rule, name="rule_end"),
    path("inlasning/", importing.batches, name="batches"),
    path("inlasning/ny/", importing.new_batch, name="batch_new"),
    path("inlasning/kalla/", importing.new_source, name="source_new"),
    path("inlasning/<int:pk>/", importing.batch, name="batch"),
    path("inlasning/<int:pk>/kolumner/", importing.columns, name="batch_columns"),
    path("inlasning/<int:pk>/kasta/", importing.discard, name="batch_discard"),
    path("inlasning/<int:pk>/avvisade/", importing.rejected, name="batch_rejected"),
    path("inlasning/<int:pk>/angra/", importing.end, name="batch_end"),
    path("polisens-handelser/", importing.notices, name="notices"),
    path("kategorier/", importing.categories, name="categories"),
    path("kategorier/ny/", importing.category, name="category_new"),
    path("kategorier/<int:pk>/", importing.category, name="category"),
    path("kategorier/ord/", importing.map_word, name="word_map"),
    path("kategorier/platsord/", importing.map_place, name="place_word_map"),
]
