"""Django's admin for support staff: people, units and grants. No answer and no comment is ever registered here."""

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from culture.access.audit import record
from culture.access.models import Grant
from culture.people.models import Employee, Unit


class Audited(admin.ModelAdmin):
    """What is changed here leaves the same trace as what is changed on the pages."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        if isinstance(obj, Grant) and not change:
            obj.granted_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        verb = f"admin.{'change' if change else 'add'}"
        record(request.user, verb, obj, fields=sorted(form.changed_data))  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        record(request.user, "admin.delete", obj)  # type: ignore[arg-type]
        super().delete_model(request, obj)


@admin.register(Employee)
class EmployeeAdmin(Audited):
    list_display = ["number", "family_name", "given_name", "email", "unit", "left_on", "is_staff"]
    list_select_related = ["unit"]
    search_fields = ["number", "family_name", "given_name", "email"]
    autocomplete_fields = ["unit", "manager"]
    exclude = ["password", "groups", "user_permissions", "last_login"]
    readonly_fields = ["is_superuser"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # leaving is a date; erasure is its own procedure


@admin.register(Unit)
class UnitAdmin(Audited):
    list_display = ["path", "since", "until"]
    search_fields = ["path"]
    autocomplete_fields = ["parent"]


@admin.register(Grant)
class GrantAdmin(Audited):
    list_display = ["employee", "role", "unit", "granted_by", "granted_at"]
    list_select_related = ["employee", "unit", "granted_by"]
    autocomplete_fields = ["employee", "unit"]
    readonly_fields = ["granted_by", "granted_at"]
