from django.urls import include, path

from culture.people import employee_views, unit_change_views, unit_views

app_name = "people"
urlpatterns = [
    path("", include("culture.people.rights_urls")),
    path("", include("culture.people.import_urls")),
    path("people/", employee_views.employees, name="employees"),
    path("people/new/", employee_views.employee_new, name="employee_new"),
    path("people/suggest/", employee_views.suggest_people, name="suggest_people"),
    path("people/<int:pk>/", employee_views.employee, name="employee"),
    path("people/<int:pk>/cancel-move/", employee_views.cancel_move, name="cancel_move"),
    path("people/<int:pk>/sign-in/", employee_views.employee_sign_in, name="employee_sign_in"),
    path("people/<int:pk>/do/<slug:action>/", employee_views.employee_action, name="employee_action"),
    path("units/", unit_views.units, name="units"),
    path("units/new/", unit_change_views.unit_new, name="unit_new"),
    path("units/suggest/", unit_views.suggest_units, name="suggest_units"),
    path("units/planned/<int:pk>/cancel/", unit_change_views.plan_cancel, name="plan_cancel"),
    path("units/<int:pk>/", unit_views.unit, name="unit"),
    path("units/<int:pk>/children/", unit_views.unit_children, name="unit_children"),
    path("units/<int:pk>/reopen/", unit_change_views.unit_reopen, name="unit_reopen"),
    path("units/<int:pk>/sort/", unit_change_views.unit_sort, name="unit_sort"),
    path("units/<int:pk>/do/<slug:kind>/", unit_change_views.unit_change, name="unit_change"),
]
