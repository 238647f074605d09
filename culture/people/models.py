"""Who we are: employees, the tree of units, and who was where when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from tree_queries.models import TreeNode


class Unit(TreeNode):
    """A node of the tree. ``path`` is the names from the top, joined by `` > ``: its identity in imports."""

    name = models.CharField(max_length=200)
    path = models.CharField(max_length=1000, unique=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="unit_has_name"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class EmployeeManager(BaseUserManager["Employee"]):
    def get_by_natural_key(self, username: str | None) -> Employee:
        return self.get(email__iexact=username or "")

    def create_user(
        self, *, number: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> Employee:
        employee = self.model(number=number, email=(email or "").strip().lower() or None, **fields)
        employee.set_password(password)
        employee.save()
        return employee

    def create_superuser(self, **fields: Any) -> Employee:
        return self.create_user(is_staff=True, is_superuser=True, **fields)

    def here(self, day: dt.date) -> models.QuerySet[Employee]:
        """Those employed on ``day``."""
        return self.filter(Q(hired_on__isnull=True) | Q(hired_on__lte=day)).filter(
            Q(left_on__isnull=True) | Q(left_on__gte=day)
        )


class Employee(AbstractBaseUser, PermissionsMixin):
    """Anybody who can be asked, trained, recognised or sign in. Many have no e-mail: then ``email`` is NULL."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", "Employee"
        EXTERNAL = "external", "External"

    number = models.CharField("employee number", max_length=40, unique=True)
    given_name = models.CharField(max_length=120)
    family_name = models.CharField(max_length=120)
    email = models.EmailField(null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="employees")
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    job_family = models.CharField(max_length=120, blank=True)
    job_title = models.CharField(max_length=160, blank=True)
    site = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Rome")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.EMPLOYEE)
    customer_facing = models.BooleanField(default=False)
    hired_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    objects = EmployeeManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["number"]

    class Meta:
        ordering = ["family_name", "given_name", "number"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="employee_email_once"),
            models.CheckConstraint(condition=~Q(manager=F("id")), name="employee_not_own_manager"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(hired_on__isnull=True) | Q(left_on__gte=F("hired_on")),
                name="employee_left_after_hired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.given_name


class Membership(models.Model):
    """An employee in a unit from ``since`` to ``until`` (last day, NULL while it lasts)."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=Q(until__isnull=True), name="membership_one_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_in_order"
            ),
        ]


class PeopleImport(models.Model):
    """One confirmed import: which file, by whom, what it did."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]
