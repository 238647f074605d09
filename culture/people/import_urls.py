from django.urls import path

from culture.people import import_views, record_views

urlpatterns = [
    path("people/export/", record_views.export, name="export"),
    path("people/imports/", record_views.imports, name="imports"),
    path("people/imports/<int:pk>/", record_views.import_detail, name="import_detail"),
    path("people/imports/<int:pk>/undo/", record_views.import_undo, name="import_undo"),
    path("people/import/", import_views.import_, name="import"),
    path("people/import/<str:token>/", import_views.preview, name="preview"),
    path("people/import/<str:token>/reading/", import_views.reading, name="import_reading"),
    path("people/import/<str:token>/columns/", import_views.mapping, name="import_mapping"),
    path("people/import/<str:token>/decide/<int:row>/", import_views.decide, name="import_decide"),
    path("people/import/<str:token>/accept/", import_views.accept, name="import_accept"),
    path("people/import/<str:token>/rejects.csv", record_views.rejects, name="rejects"),
    path("people/import/<str:token>/confirm/", import_views.confirm, name="confirm"),
    path("people/import/<str:token>/discard/", import_views.discard, name="discard"),
]
