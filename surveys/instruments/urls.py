from django.urls import path

from surveys.instruments import edit_views, import_views, rule_views, views

app_name = "instruments"
urlpatterns = [
    path("questionnaires/", views.instrument_list, name="list"),
    path("questionnaires/load/", views.load, name="load"),
    path("questionnaires/new/", edit_views.new, name="new"),
    path("questionnaires/import/", import_views.bring, name="import"),
    path("questionnaires/library/", views.shelf, name="library"),
    path("questionnaires/library/<slug:key>/", views.shelf_entry, name="library_entry"),
    path("questionnaires/library/<slug:key>/take/", edit_views.take, name="take"),
    path("questionnaires/<slug:key>/", views.instrument_detail, name="detail"),
    path("questionnaires/<slug:key>/languages/", views.languages, name="languages"),
    path("questionnaires/<slug:key>/compare/", views.compare, name="compare"),
    path("questionnaires/<slug:key>/print/", views.paper, name="print"),
    path("questionnaires/<slug:key>/export/", views.export, name="export"),
    path("questionnaires/<slug:key>/names/", edit_views.names, name="names"),
    path("questionnaires/<slug:key>/do/", edit_views.do, name="do"),
    path("questionnaires/<slug:key>/edit/", edit_views.edit, name="edit"),
    path("questionnaires/<slug:key>/edit/add/", edit_views.kinds, name="kinds"),
    path("questionnaires/<slug:key>/edit/add/<slug:kind>/", edit_views.item_new, name="item_new"),
    path("questionnaires/<slug:key>/edit/question/<str:code>/", edit_views.item, name="item"),
    path("questionnaires/<slug:key>/edit/question/<str:code>/shown/", rule_views.shown, name="rule"),
    path("questionnaires/<slug:key>/edit/section/", edit_views.section_new, name="section_new"),
    path("questionnaires/<slug:key>/edit/section/<str:section>/", edit_views.section, name="section"),
]
