from django.urls import path

from culture.people import views

app_name = "people"
urlpatterns = [
    path("people/", views.employees, name="employees"),
    path("units/", views.units, name="units"),
    path("people/import/", views.import_, name="import"),
    path("people/import/<str:token>/", views.preview, name="preview"),
    path("people/import/<str:token>/rejects.csv", views.rejects, name="rejects"),
    path("people/import/<str:token>/confirm/", views.confirm, name="confirm"),
    path("people/import/<str:token>/discard/", views.discard, name="discard"),
]
