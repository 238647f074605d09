"""Who we are: employees, the tree of units, and who was where when."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from culture.people import names

# The state of a unit nobody dated begins here; pages say "from the beginning".
BEGINNING = dt.date(1900, 1, 1)


def known_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is no time zone. Write one such as Europe/Rome."), params={"zone": value})


def known_language(value: str) -> None:
    if value.lower() not in LANG_INFO and value.split("-")[0].lower() not in LANG_INFO:
        raise ValidationError(
            _("“%(language)s” is no language code. Write one such as it or zh-hans."), params={"language": value}
        )


class SpellQuerySet(models.QuerySet):
    """Rows that hold from ``since`` to ``until``."""

    def on(self, day: dt.date) -> SpellQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)

    def from_day(self, day: dt.date) -> SpellQuerySet:
        """Those that hold on ``day`` or later."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day))


class Spell(models.Model):
    """Something that holds from ``since`` to ``until`` (last day, NULL while it lasts).

    No two of one subject overlap: exclusion constraints in the migration see to it.
    """

    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = SpellQuerySet.as_manager()

    class Meta:
        abstract = True

    def covers(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class UnitQuerySet(TreeQuerySet):
    def open(self) -> UnitQuerySet:
        """Those that were not closed. A closed unit stays, for what lies in the past."""
        return self.filter(until__isnull=True)


class Unit(TreeNode):
    """A node of the tree, as it is today; ``UnitState`` holds what it was.

    ``path`` is the names from the top, joined by `` > ``: the identity of an open unit in imports. ``until`` is the
    last day of a closed one.
    """

    name = models.CharField(max_length=200)
    path = models.CharField(max_length=1000)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    position = models.PositiveIntegerField(default=0)

    objects = UnitQuerySet.as_manager(with_tree_fields=False)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="unit_has_name"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_own_parent"),
            models.UniqueConstraint(fields=["path"], condition=Q(until__isnull=True), name="unit_path_once"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(until__isnull=False), name="unit_merged_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="unit_not_merged_with_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitState(Spell):
    """The name and place of a unit for a time. A trigger opens the first one with the unit itself."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="states")
    name = models.CharField(max_length=200)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="child_states")

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(until__isnull=True), name="unitstate_one_current"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="unitstate_in_order"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="unitstate_has_name"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("unit")), name="unitstate_not_own_parent"
            ),
        ]


class PlannedChange(models.Model):
    """A change of the tree that shall happen on a day; the tick carries it out that day."""

    class Kind(models.TextChoices):
        CREATE = "create", _("New unit")
        RENAME = "rename", _("Rename")
        MOVE = "move", _("Move")
        MERGE = "merge", _("Merge")
        SPLIT = "split", _("Split")
        CLOSE = "close", _("Close")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Not possible")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    on = models.DateField()
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="planned_changes")
    name = models.CharField(max_length=200, blank=True)
    target = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    people_to = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    units_to = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    people = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    problem = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["on"], condition=Q(status="planned"), name="plannedchange_due")]


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        for employee in objs:
            employee.write_keys()
        return super().bulk_create(objs, *args, **kwargs)

    def here(self, day: dt.date) -> EmployeeQuerySet:
        """Those employed on ``day``."""
        return self.filter(Q(hired_on__isnull=True) | Q(hired_on__lte=day)).filter(
            Q(left_on__isnull=True) | Q(left_on__gte=day)
        )

    def on_leave(self, day: dt.date) -> EmployeeQuerySet:
        return self.filter(pk__in=Leave.objects.on(day).values("employee"))

    def found_by(self, text: str) -> EmployeeQuerySet:
        """Those of whom every word of ``text`` begins a name, the number or a part of the address."""
        wanted = names.query(text)
        if not wanted:
            return self.none() if text.strip() else self
        # The expression is that of the index culture_employee_search.
        return self.extra(  # type: ignore[return-value]
            where=["array_to_tsvector(string_to_array(culture_employee.search, ' ')) @@ %s::tsquery"], params=[wanted]
        )

    def in_order(self, language: str | None) -> EmployeeQuerySet:
        """By family name, as a reader of ``language`` expects it."""
        return self.order_by(names.sort_column(language), "pk")


class EmployeeManager(BaseUserManager.from_queryset(EmployeeQuerySet)):  # type: ignore[misc]
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


class Employee(AbstractBaseUser, PermissionsMixin):
    """Anybody who can be asked, trained, recognised or sign in. Many have no e-mail: then ``email`` is NULL."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        EXTERNAL = "external", _("External")

    number = models.CharField(_("employee number"), max_length=40, unique=True)
    given_name = models.CharField(max_length=120)
    family_name = models.CharField(max_length=120)
    email = models.EmailField(null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="employees")
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    job_family = models.CharField(max_length=120, blank=True)
    job_title = models.CharField(max_length=160, blank=True)
    site = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, default="en", validators=[known_language])
    time_zone = models.CharField(max_length=64, default="Europe/Rome", validators=[known_zone])
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.EMPLOYEE)
    customer_facing = models.BooleanField(default=False)
    hired_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Made by ``names``; a trigger empties them when a name changes without them, and the tick fills them again.
    search = models.TextField(default="", db_default="", editable=False)
    sort_name = models.TextField(default="", db_default="", editable=False, db_collation="C")
    sort_ro = models.TextField(default="", db_default="", editable=False, db_collation="C")
    sort_zh = models.TextField(default="", db_default="", editable=False, db_collation="C")

    objects = EmployeeManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["number"]
    NAMED = ("number", "given_name", "family_name", "email")
    KEYS = ("search", "sort_name", "sort_ro", "sort_zh")

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
        indexes = [
            models.Index(fields=["sort_name", "id"], name="employee_by_name"),
            models.Index(fields=["sort_ro", "id"], name="employee_by_name_ro"),
            models.Index(fields=["sort_zh", "id"], name="employee_by_name_zh"),
            models.Index(fields=["id"], condition=Q(search=""), name="employee_without_keys"),
        ]

    def __str__(self) -> str:
        return self.name

    def write_keys(self) -> None:
        """Make what search and order read from the name, the number and the address."""
        made = names.keys(
            given_name=self.given_name, family_name=self.family_name, number=self.number, email=self.email
        )
        for column, key in made.items():
            setattr(self, column, key)

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        touched = fields is None or set(fields) & set(self.NAMED)
        if touched and not self.get_deferred_fields() & {*self.NAMED}:
            self.write_keys()
            if fields is not None:
                kwargs["update_fields"] = {*fields, *self.KEYS}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        if self.number == f"erased-{self.pk}":
            return gettext("Former colleague")
        return names.display(self.given_name, self.family_name)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.given_name

    def is_here(self, day: dt.date) -> bool:
        return (self.hired_on is None or self.hired_on <= day) and (self.left_on is None or day <= self.left_on)


class Membership(Spell):
    """An employee in a unit."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=Q(until__isnull=True), name="membership_one_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_in_order"
            ),
        ]


class Reporting(Spell):
    """Who was somebody's manager; no row means nobody."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="reportings")
    manager = models.ForeignKey(Employee, models.CASCADE, related_name="led")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee"], condition=Q(until__isnull=True), name="reporting_one_current"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="reporting_in_order"
            ),
            models.CheckConstraint(condition=~Q(manager=F("employee")), name="reporting_not_oneself"),
        ]


class Leave(Spell):
    """Somebody is away and will come back. The kind is optional and never says anything about health or family."""

    class Kind(models.TextChoices):
        UNSAID = "", _("Not said")
        STUDY = "study", _("Study")
        SABBATICAL = "sabbatical", _("Sabbatical")
        SECONDMENT = "secondment", _("Secondment")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="leaves")
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True, default=Kind.UNSAID)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["employee"], condition=Q(until__isnull=True), name="leave_one_current"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="leave_in_order"),
        ]
