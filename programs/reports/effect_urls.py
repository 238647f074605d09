from django.urls import URLPattern, path

from programs.reports import effect_views

urlpatterns: list[URLPattern] = [
    path("effect/", effect_views.programs, name="effects"),
    path("effect/how/", effect_views.how, name="effect_how"),
    path("effect/<int:program_id>/", effect_views.effect, name="effect"),
    path("effect/<int:program_id>/<slug:outcome>/", effect_views.outcome, name="effect_outcome"),
]
