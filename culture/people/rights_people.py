"""What the rooms of culture hold about a person, except access (``culture.access.personal``)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people import retention, rights
from culture.people.import_models import DraftRow, ImportDraft, ImportEffect
from culture.people.models import Employee, Leave
from culture.people.rights import FOR_EVER, HR_SEES, ONLY_YOU, WHILE_EMPLOYED, Fate, Group, Holding, Row

STAYS = _("Stays for counts; it points at “a former colleague”.")


def _who(row: Employee, person: Employee) -> Row:
    return {
        _("Employee number"): row.number,
        _("Given name"): row.given_name,
        _("Family name"): row.family_name,
        _("E-mail"): row.email,
        _("Job family"): row.job_family,
        _("Job title"): row.job_title,
        _("Site"): row.site,
        _("Language"): row.language,
        _("Time zone"): row.time_zone,
        _("Employed as"): row.get_kind_display(),
        _("Works with customers"): row.customer_facing,
        _("First day"): row.hired_on,
        _("Last day"): row.left_on,
        _("Last signed in"): row.last_login,
        _("Has a password"): row.has_usable_password(),
        _("Account is active"): row.is_active,
        _("May enter the support pages"): row.is_staff,
        _("May do everything on the support pages"): row.is_superuser,
        _("Words the search finds you by"): row.search,
    }


# Shown under another heading, or only as "has one".
SHOWN_ELSEWHERE = {"id", "password", "unit", "manager"}
# Made from the name, in letters nobody can read.
DERIVED = {"sort_name", "sort_ro", "sort_zh"}


def _who_complete(row: Employee, person: Employee) -> Row:
    """The words above, then every column another room added, under its own name."""
    shown = _who(row, person)
    for field in Employee._meta.concrete_fields:
        if field.name not in WORDED | SHOWN_ELSEWHERE | DERIVED and not field.is_relation:
            shown[field.verbose_name] = getattr(row, field.attname)
    return shown


WORDED = {
    "number", "given_name", "family_name", "email", "job_family", "job_title", "site", "language", "time_zone", "kind",
    "customer_facing", "hired_on", "left_on", "last_login", "is_active", "is_staff", "is_superuser",
    "search",
}  # fmt: skip


def _place(row: Employee, person: Employee) -> Row:
    return {_("Unit"): row.unit.path if row.unit else None, _("Manager"): row.manager.name if row.manager else None}


def _reports(row: Employee, person: Employee) -> Row:
    return {pgettext_lazy("person", "Name"): row.name}


def _membership(row: Any, person: Employee) -> Row:
    return {_("Unit"): row.unit.path, _("From"): row.since, _("Until"): row.until}


def _planned(row: Any, person: Employee) -> Row:
    return {_("Announced on"): row.noticed_on, _("On"): row.due_on}


def _held(row: Any, person: Employee) -> Row:
    return {_("Since"): row.since, _("Reason"): row.reason, _("Lifted"): row.lifted_at}


def register() -> None:
    """Called when the apps are ready."""
    _register_person()
    _register_retention()
    _register_framework()
    rights.exempt("culture.erasure", "employee", reason="Exists only when nothing else does: the mark of an erasure.")
    rights.authored("culture.Erasure", "by", title=_("Erasures carried out"))
    rights.authored("culture.LegalHold", "by", "lifted_by", title=_("Legal holds placed or lifted"))
    rights.authored("culture.RetentionRule", "changed_by", title=_("Retention periods set"), name="kind")
    rights.authored("culture.RetentionPause", "by", "ended_by", title=_("Pauses of the retention"))
    retention.register(
        retention.Kind(
            key=retention.LEAVERS,
            title=_("Identity of people who left"),
            counted_from=_("after the last day"),
            reason=_(
                "Questions about certificates, points or reports may still come for a while. Afterwards only counts "
                "are needed, and they stay true without a name."
            ),
            default=730,
            minimum=30,
            maximum=3650,
            due=_leavers,
        )
    )


def _leavers(before: Any) -> Any:
    return retention.leavers_due(before)


def _register_person() -> None:
    rights.hold(
        Holding(
            model="culture.Employee",
            fields=("id",),
            group=Group.WHO,
            title=_("Personal record"),
            kept=WHILE_EMPLOYED,
            seen_by=_("You and HR; your manager and those above; name and unit: every colleague"),
            after=_("Number, names, address, job and site are replaced by “Former colleague”; unit and dates stay."),
            fate=Fate.CLEARED,
            show=_who_complete,
        )
    )
    rights.hold(
        Holding(
            model="culture.Employee",
            fields=("pk",),
            group=Group.WHERE,
            title=_("Present unit and manager"),
            kept=WHILE_EMPLOYED,
            seen_by=_("Every colleague: your unit; HR and those above you: your manager"),
            after=_("The manager is removed; the unit stays for counts."),
            fate=Fate.CLEARED,
            show=_place,
            related=("unit", "manager"),
        )
    )
    rights.hold(
        Holding(
            model="culture.Employee",
            fields=("manager",),
            group=Group.WHERE,
            title=_("Direct reports now"),
            kept=_("Until the next import says otherwise"),
            seen_by=_("You, HR, and those above you"),
            after=_("Stay where they are; until HR names another manager, theirs is “a former colleague”."),
            fate=Fate.KEPT,
            show=_reports,
        )
    )
    rights.hold(
        Holding(
            model="culture.Membership",
            fields=("employee",),
            group=Group.WHERE,
            title=_("Units, from when to when"),
            kept=FOR_EVER,
            seen_by=_("You, HR, and those above you"),
            after=STAYS,
            fate=Fate.KEPT,
            show=_membership,
            related=("unit",),
        )
    )
    _register_dated()
    _register_imports()


def _reporting(row: Any, person: Employee) -> Row:
    other = row.manager if row.employee_id == person.pk else row.employee
    role = _("your manager") if row.employee_id == person.pk else _("reported to you")
    return {pgettext_lazy("person", "Name"): other.name, _("As"): role, _("From"): row.since, _("Until"): row.until}


def _leave(row: Any, person: Employee) -> Row:
    return {_("From"): row.since, _("Until"): row.until, _("Kind"): row.get_kind_display()}


def _register_dated() -> None:
    rights.hold(
        Holding(
            model="culture.Reporting",
            fields=("employee", "manager"),
            group=Group.WHERE,
            title=_("Managers and direct reports, from when to when"),
            kept=FOR_EVER,
            seen_by=_("You, HR, and those above you"),
            after=STAYS,
            fate=Fate.KEPT,
            show=_reporting,
            related=("employee", "manager"),
        )
    )
    rights.hold(
        Holding(
            model="culture.Leave",
            fields=("employee",),
            group=Group.WHERE,
            title=_("Times away"),
            kept=WHILE_EMPLOYED,
            seen_by=HR_SEES,
            after=_("The dates stay for counts; the kind is removed."),
            fate=Fate.CLEARED,
            show=_leave,
            erase=lambda person: Leave.objects.filter(employee=person).exclude(kind="").update(kind=""),
        )
    )
    rights.authored("culture.PlannedChange", "by", title=_("Changes of units planned"))


def _effect(row: Any, person: Employee) -> Row:
    return {
        _("Imported"): row.done.at,
        _("Kind"): row.kind,
        _("Before"): row.before,
        _("After"): row.after,
    }


def _scrub_effects(person: Employee) -> int:
    """What an undo would bring back is gone, and the effect leads to nobody."""
    effects = ImportEffect.objects.filter(employee=person)
    return effects.update(employee=None, kind="erased", name="", before={}, after={})


def _uploads(person: Employee) -> Any:
    """Files on their way that hold his row; what is being written right now is removed by the import itself."""
    mine = DraftRow.objects.filter(number=person.number).order_by().values("draft")
    return ImportDraft.objects.filter(pk__in=mine).exclude(state=ImportDraft.State.APPLYING)


def _register_imports() -> None:
    rights.authored(
        "culture.PeopleImport",
        "by",
        "undone_by",
        title=_("Imports of people confirmed or undone"),
        name="file_name",
    )
    rights.hold(
        Holding(
            model="culture.ImportEffect",
            fields=("employee",),
            group=Group.WHO,
            title=_("What imports from the HR system changed"),
            kept=_("As long as an import can be undone: HR's retention period for it"),
            seen_by=_("HR"),
            after=_("Emptied: an undo cannot bring the name back."),
            fate=Fate.CLEARED,
            show=_effect,
            erase=_scrub_effects,
            related=("done",),
        )
    )
    rights.hold(
        Holding(
            model="culture.ImportDraft",
            fields=("by",),
            group=Group.DONE,
            title=_("Files uploaded, not confirmed yet"),
            kept=_("One day"),
            seen_by=ONLY_YOU,
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=lambda row, person: {_("File"): row.file_name, _("At"): row.at},
        )
    )
    rights.scrub(
        rights.Scrub(
            key="uploads",
            title=_("Import files on their way that hold his row"),
            after=_("Discarded: whoever uploaded one uploads a newer one."),
            count=lambda person: _uploads(person).count(),
            erase=lambda person: _uploads(person).delete()[0],
        )
    )
    retention.register(
        retention.Kind(
            key="import-undo",
            title=_("What imports changed, kept to undo them"),
            counted_from=_("after the import"),
            reason=_("It holds what names, jobs and units were before. After some weeks nobody undoes an import."),
            default=90,
            minimum=7,
            maximum=365,
            due=lambda before: ImportEffect.objects.filter(done__at__lt=before),
            person="employee",
        )
    )
    retention.unlimited(
        retention.Unlimited(
            key="dated",
            title=_("Who was where when"),
            reason=_("Reports “as it was” count people by day and unit. An erased person counts without a name."),
        )
    )


def _register_framework() -> None:
    rights.hold(
        Holding(
            model="culture.CharterAcknowledgement",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Charters confirmed as read"),
            kept=FOR_EVER,
            seen_by=HR_SEES,
            after=STAYS,
            fate=Fate.KEPT,
            show=lambda row, person: {_("Version"): str(row.version), pgettext_lazy("day", "Read"): row.at},
            related=("version",),
        )
    )
    rights.hold(
        Holding(
            model="culture.ReadinessSponsor",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Readiness judged as a sponsor"),
            kept=FOR_EVER,
            seen_by=HR_SEES,
            after=_("Stays as judged by “a former colleague”: a closed judgement never changes."),
            fate=Fate.KEPT,
            show=_judged,
            related=("assessment",),
        )
    )
    for model, fields, title in (
        ("culture.CharterAcknowledgement", ("recorded_by",), _("Charter readings noted for others")),
        ("culture.CharterVersion", ("published_by", "changed_by"), _("Charters written or published")),
        ("culture.ReadinessAssessment", ("opened_by", "closed_by"), _("Readiness rounds opened or closed")),
        ("culture.TailoringChange", ("by",), _("Changes of the framework")),
    ):
        rights.authored(model, *fields, title=title)
    reason = "The organisation's own published text, not data about a person."
    for label in (
        "Requirement", "Behaviour", "Condition", "Practice", "Notion", "Figure", "CatalogueVersion", "CharterVersion",
        "ServiceStandard", "Unit", "UnitState", "Organisation",
    ):  # fmt: skip
        rights.published(f"culture.{label}", reason=reason)


def _judged(row: Any, person: Employee) -> Row:
    judged = {f"{one.condition.code}: {one.level}": one.evidence for one in row.judgements.select_related("condition")}
    return {_("Round"): str(row.assessment.pk), _("Judgements"): judged}


def _register_retention() -> None:
    rights.hold(
        Holding(
            model="culture.LegalHold",
            fields=("employee",),
            group=Group.WHO,
            title=_("Legal holds"),
            kept=WHILE_EMPLOYED,
            seen_by=HR_SEES,
            after=_("Removed: the reason may describe him."),
            fate=Fate.REMOVED,
            show=_held,
        )
    )
    rights.hold(
        Holding(
            model="culture.PlannedErasure",
            fields=("employee",),
            group=Group.WHO,
            title=_("Planned erasure"),
            kept=_("Until that day"),
            seen_by=HR_SEES,
            after=_("Removed: it is done."),
            fate=Fate.REMOVED,
            show=_planned,
        )
    )
