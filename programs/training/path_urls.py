from django.urls import path

from programs.training import assign_views, path_people_views, path_views

urlpatterns = [
    path("paths/", path_views.index, name="paths"),
    path("paths/new/", path_views.new, name="path_new"),
    path("paths/<int:pk>/", path_views.detail, name="path"),
    path("paths/<int:pk>/edit/", path_views.edit, name="path_edit"),
    path("paths/<int:pk>/rules/", path_views.rules, name="path_rules"),
    path("paths/<int:pk>/do/", path_views.act, name="path_act"),
    path("paths/<int:pk>/people/", path_people_views.people, name="path_people"),
    path("paths/<int:pk>/people/<int:employee_pk>/", path_people_views.person, name="path_person"),
    path("paths/<int:pk>/export.<str:form>", path_views.export, name="path_export"),
    path("courses/<int:pk>/cohorts/<int:cohort_pk>/take-back/", assign_views.take_back, name="take_back"),
    path("courses/<int:pk>/additions/", path_people_views.ask_finishers, name="additions"),
    path("team/due/", path_people_views.team_due, name="team_due"),
]
