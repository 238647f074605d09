"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission, visible_units
from culture.people.models import Employee, Unit
from culture.people.views import visible_employees


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "name", "path", "parent", "since", "until"]


class EmployeeSerializer(serializers.ModelSerializer[Employee]):
    unit_path = serializers.CharField(source="unit.path", default=None, read_only=True)

    class Meta:
        model = Employee
        fields = [
            "id", "number", "given_name", "family_name", "email", "unit", "unit_path", "manager", "job_family",
            "job_title", "site", "language", "kind", "customer_facing", "hired_on", "left_on",
        ]  # fmt: skip


class UnitViewSet(viewsets.ReadOnlyModelViewSet[Unit]):
    """The units the caller may see results of."""

    queryset = Unit.objects.none()
    serializer_class = UnitSerializer
    permission_classes = [api_permission(Permission.SEE_RESULTS)]
    filterset_fields = ["parent"]

    def get_queryset(self) -> QuerySet[Unit]:
        return visible_units(self.request.user, Permission.SEE_RESULTS).order_by("path")


class EmployeeViewSet(viewsets.ReadOnlyModelViewSet[Employee]):
    """Everybody for HR, the own branch for a manager."""

    queryset = Employee.objects.none()
    serializer_class = EmployeeSerializer
    permission_classes = [api_permission(Permission.SEE_TEAM_TRAINING)]
    filterset_fields = ["unit", "number", "kind", "language", "site"]

    def get_queryset(self) -> QuerySet[Employee]:
        return visible_employees(self.request).select_related("unit").order_by("number")


routes: list = [("employees", EmployeeViewSet), ("units", UnitViewSet)]
