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
    exclude = ["password", "groups", "user_permissions", "last_login"]
    # Where somebody belongs is dated (people.memberships), and whoever sets an address can have a code sent there.
    readonly_fields = ["is_superuser", "email", "unit", "manager", "hired_on", "left_on"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # leaving is a date; erasure is its own procedure


@admin.register(Unit)
class UnitAdmin(Audited):
    """To look at only: people.structure keeps the dated states."""

    list_display = ["path", "since", "until"]
    search_fields = ["path"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Grant)
class GrantAdmin(admin.ModelAdmin):
    """To look at only: roles are given and ended on the page Access, or by ``manage.py grant``."""

    list_display = ["employee", "role", "unit", "since", "until", "ended_at", "granted_by"]
    list_select_related = ["employee", "unit", "granted_by"]
    list_filter = ["role"]
    search_fields = ["employee__number", "employee__family_name", "unit__path"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
