from django.urls import path

from surveys.waves import views

app_name = "waves"
urlpatterns = [
    path("waves/", views.wave_list, name="list"),
    path("waves/new/", views.new_series, name="new"),
    path("waves/<int:pk>/", views.wave_detail, name="detail"),
    path("waves/<int:pk>/open/", views.open_now, name="open"),
    path("waves/<int:pk>/close/", views.close_now, name="close"),
    path("service-map/", views.link_list, name="links"),
    path("service-map/suggestions/", views.accept_suggestions, name="accept_suggestions"),
    path("service-map/<int:pk>/remove/", views.remove_link, name="remove_link"),
]
