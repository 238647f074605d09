from django.urls import path

from culture.access import setup_views as views

app_name = "setup"
urlpatterns = [
    path("", views.start, name="start"),
    path("link/<str:secret>/", views.link, name="link"),
    path("organisation/", views.about, name="organisation"),
    path("mail/", views.mail, name="mail"),
    path("privacy/", views.privacy, name="privacy"),
    path("admin/", views.admin, name="admin"),
]
