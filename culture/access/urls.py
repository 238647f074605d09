from django.urls import path

from culture.access import address_views, audit_views, views

app_name = "access"
urlpatterns = [
    path("access/", views.grant_list, name="list"),
    path("access/roles/", views.roles, name="roles"),
    path("access/people/", views.people, name="people"),
    path("access/people/<int:pk>/", views.person, name="person"),
    path("access/people/<int:pk>/give/", views.give, name="give"),
    path("access/addresses/", address_views.waiting, name="addresses"),
    path("access/addresses/<int:pk>/confirm/", address_views.confirm, name="confirm_address"),
    path("access/<int:pk>/end/", views.end, name="end"),
    path("my/access/", views.mine, name="mine"),
    path("audit/", audit_views.audit, name="audit"),
    path("audit/export.csv", audit_views.export, name="audit_export"),
]
