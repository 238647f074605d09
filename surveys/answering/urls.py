from django.urls import path

from surveys.answering import views

app_name = "answering"
urlpatterns = [
    path("s/", views.lost, name="no_token"),
    path("s/<str:token>", views.without_slash, name="without_slash"),
    path("s/<str:token>/", views.start, name="start"),
    path("s/<str:token>/check/", views.check, name="check"),
    path("s/<str:token>/thanks/", views.thanks, name="thanks"),
    path("s/<str:token>/<int:number>/", views.page, name="page"),
    path("s/<path:rest>", views.lost, name="lost"),
]
