from django.urls import path

from programs.planning import action_views, change_views, plan_views, setup_views, stage_views, views

app_name = "planning"
urlpatterns = [
    path("programs/", views.list_programs, name="list"),
    path("programs/new/", setup_views.new, name="new"),
    path("programs/<int:pk>/", views.detail, name="detail"),
    path("programs/<int:pk>/setup/", setup_views.setup, name="setup"),
    path("programs/<int:pk>/setup/<slug:step>/", setup_views.step, name="step"),
    path("programs/<int:pk>/copy/", setup_views.copy, name="copy"),
    path("programs/<int:pk>/discard/", setup_views.discard, name="discard"),
    path("programs/<int:pk>/edit/", change_views.edit, name="edit"),
    path("programs/<int:pk>/state/<slug:to>/", change_views.turn, name="turn"),
    path("programs/<int:pk>/amendments/", change_views.history, name="amendments"),
    path("programs/<int:pk>/stages/<slug:kind>/", stage_views.close, name="stage"),
    path("programs/<int:pk>/cohorts/<int:cohort>/", views.cohort, name="cohort"),
    path("programs/<int:pk>/plan/", plan_views.plan, name="plan"),
    path("programs/<int:pk>/plan/<slug:kind>/add/", plan_views.add, name="plan_add"),
    path("programs/<int:pk>/plan/<slug:kind>/<int:row>/", plan_views.change, name="plan_change"),
    path("actions/", action_views.index, name="actions"),
    path("actions/new/", action_views.new, name="action_new"),
    path("actions/<int:pk>/", action_views.detail, name="action"),
    path("actions/<int:pk>/edit/", action_views.edit, name="action_edit"),
    path("actions/<int:pk>/end/", action_views.end, name="action_end"),
]
