"""The audit trail in words: what each verb says of its subject. A new verb needs its line here (a guard sees to it)."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from culture.access.models import AuditEntry, Role
from culture.people.headings import LABELS

_l = gettext_lazy
# %(subject)s is what it was done to; %(anything)s a detail of the entry. What no sentence mentions stands below it.
SENTENCES: dict[str, Any] = {
    "grant": _l("gave %(subject)s the role %(role)s%(place)s"),
    "grant.given": _l("gave %(subject)s the role %(role)s%(place)s"),
    "grant.ended": _l("ended the role %(role)s%(place)s of %(subject)s"),
    "grant.ended_by_leaving": _l("ended the role %(role)s%(place)s of %(subject)s, who left"),
    "charter.draft": _l("began a draft of the charter"),
    "charter.save": _l("saved the draft of the charter"),
    "charter.discard": _l("discarded the draft of the charter"),
    "charter.publish": _l("published version %(number)s of the charter"),
    "charter.acknowledge": _l("noted that version %(number)s of the charter was read"),
    "charter.export": _l("downloaded who has read version %(number)s of the charter"),
    "readiness.open": _l("opened an assessment of readiness"),
    "readiness.sponsors": _l("chose who judges readiness"),
    "readiness.hand_in": _l("handed in judgments of readiness"),
    "readiness.take_back": _l("took back judgments of readiness"),
    "readiness.close": _l("closed an assessment of readiness"),
    "readiness.cancel": _l("cancelled an assessment of readiness"),
    "readiness.rule": _l("changed when a program needs a stated reason"),
    "readiness.exception": _l("started %(subject)s below the threshold of readiness"),
    "ledger.exported": _l("downloaded the ledger of points"),
    "audit.exported": _l("downloaded the audit trail"),
    "admin.add": _l("added %(subject)s in the support pages"),
    "admin.change": _l("changed %(subject)s in the support pages"),
    "admin.delete": _l("removed %(subject)s in the support pages"),
    "sign-in": _l("signed in"),
    "sign-in.failed": _l("refused a sign-in of %(subject)s"),
    "sign-in.locked": _l("locked the sign-in of %(subject)s after failed attempts"),
    "sign-in.network_locked": _l("locked a network after failed sign-ins"),
    "sign-in.unlocked": _l("ended the lock of %(subject)s"),
    "sign-in.link_made": _l("made a one-time sign-in link for %(subject)s"),
    "sign-out": _l("signed out"),
    "sessions.ended": _l("ended %(sessions)s sessions of %(subject)s"),
    "password.changed": _l("changed the own password"),
    "language.chosen": _l("chose %(language)s as the own language"),
    "password.reset": _l("chose a new password by an e-mailed link"),
    "mfa.added": _l("added a second factor (%(kind)s)"),
    "mfa.removed": _l("removed a second factor (%(kind)s)"),
    "mfa.renewed": _l("made new recovery codes"),
    "mfa.reset": _l("removed all second factors of %(subject)s"),
    "address.changed": _l("changed the e-mail address of %(subject)s"),
    "address.told": _l("told old addresses of %(people)s people about the change"),
    "address.confirmed": _l("confirmed the new e-mail address of %(subject)s"),
    "token.made": _l("made an API key for %(days)s days"),
    "token.ended": _l("ended API keys"),
    "setup.finished": _l("set this Trivium up"),
    "organisation.changed": _l("changed the organisation's settings"),
    "unit.plan": _l("planned for %(on)s: a change of units (%(subject)s)"),
    "unit.plan_failed": _l("could not carry out the planned change %(subject)s: %(reason)s"),
    "unit.cancel": _l("cancelled the planned change %(subject)s"),
    "unit.create": _l("created the unit %(path)s as of %(on)s"),
    "unit.rename": _l("renamed %(subject)s as of %(on)s: %(name)s"),
    "unit.move": _l("moved %(subject)s as of %(on)s to %(path)s"),
    "unit.merge": _l("merged %(subject)s as of %(on)s"),
    "unit.split": _l("split %(subject)s as of %(on)s: %(name)s is new"),
    "unit.close": _l("closed %(subject)s as of %(on)s"),
    "unit.reopen": _l("reopened %(subject)s, closed since %(closed)s"),
    "unit.sort": _l("sorted the subunits of %(subject)s"),
    "employee.join": _l("added %(subject)s as of %(hired_on)s"),
    "employee.move": _l("moved %(subject)s to another unit as of %(on)s"),
    "employee.cancel_move": _l("cancelled the planned move of %(subject)s on %(on)s"),
    "employee.manager": _l("changed the manager of %(subject)s as of %(on)s"),
    "employee.leave": _l("recorded that %(subject)s leaves, last day %(last_day)s"),
    "employee.rehire": _l("recorded that %(subject)s is back as of %(on)s"),
    "employee.rehire_planned": _l("planned that %(subject)s is back as of %(on)s"),
    "employee.cancel_rehire": _l("cancelled the planned return of %(subject)s on %(on)s"),
    "employee.came_back": _l("brought %(subject)s back as planned for %(on)s"),
    "employee.correct": _l("corrected the data of %(subject)s (%(fields)s)"),
    "employee.leave_of_absence": _l("recorded a leave of absence of %(subject)s from %(since)s"),
    "employee.return": _l("recorded that %(subject)s is back from leave on %(back_on)s"),
    "employee.erase": _l("erased the identity of %(subject)s"),
    "rights.download": _l("downloaded the own data"),
    "retention.announced": _l("announced that %(people)s people who left will be erased"),
    "retention.expired": _l("removed what had expired of %(subject)s"),
    "retention.period": _l("changed how many days %(subject)s are kept"),
    "retention.pause": _l("paused everything that expires"),
    "retention.resume": _l("let everything that expires go on"),
    "hold.placed": _l("placed a legal hold on %(subject)s"),
    "hold.lifted": _l("lifted the legal hold on %(subject)s"),
    "people.import": _l("imported %(subject)s"),
    "people.import.undo": _l("undid the import of %(subject)s"),
    "people.export": _l("downloaded the records of %(people)s people"),
    "framework.load": _l("loaded the framework's catalogue"),
    "framework.add": _l("added an entry to the framework: %(subject)s"),
    "framework.reword": _l("reworded %(subject)s of the framework"),
    "framework.switch_off": _l("switched off %(subject)s of the framework"),
    "framework.switch_on": _l("switched on %(subject)s of the framework"),
    "framework.restore": _l("restored %(subject)s from the catalogue"),
    "framework.keep": _l("kept the own words of %(subject)s over the newer catalogue text"),
    "framework.profile": _l("changed the expected levels of %(subject)s"),
    "instrument.created": _l("made the questionnaire %(subject)s"),
    "instrument.renamed": _l("renamed the questionnaire %(subject)s"),
    "instrument.draft": _l("began a draft of the questionnaire %(subject)s"),
    "instrument.edited": _l("edited the draft of the questionnaire %(subject)s"),
    "instrument.finished": _l("finished an edition of the questionnaire %(subject)s"),
    "instrument.discarded": _l("discarded the draft of the questionnaire %(subject)s"),
    "instrument.archived": _l("archived the questionnaire %(subject)s"),
    "instrument.exported": _l("downloaded the questionnaire %(subject)s"),
    "instrument.restored": _l("took the questionnaire %(subject)s out of the archive"),
    "series.created": _l("planned the survey %(subject)s"),
    "series.changed": _l("changed the survey %(subject)s"),
    "series.paused": _l("paused the survey %(subject)s"),
    "series.resumed": _l("resumed the survey %(subject)s"),
    "wave.held": _l("held back %(subject)s"),
    "wave.scheduled": _l("scheduled %(subject)s again"),
    "wave.extended": _l("kept %(subject)s open until %(closes_on)s"),
    "wave.cancelled": _l("cancelled %(subject)s"),
    "wave.mails_paused": _l("paused the mails of %(subject)s"),
    "wave.mails_resumed": _l("resumed the mails of %(subject)s"),
    "units.merged_for_reports": _l("decided to report small units together"),
    "units.separated_for_reports": _l("decided to report units apart again"),
    "wave.open_asked": _l("asked to open %(subject)s"),
    "wave.opened": _l("opened %(subject)s"),
    "wave.close_asked": _l("asked to close %(subject)s"),
    "wave.codes_printed": _l("printed %(codes)s codes for %(subject)s"),
    "wave.link_shown": _l("was shown a personal link of %(subject)s, to hand it out"),
    "mail.try_again": _l("said that the address of %(subject)s works again"),
    "mail.signature": _l("changed the signature of the survey mails"),
    "kiosk.added": _l("set up a shared tablet for %(wave)s"),
    "kiosk.ended": _l("ended a shared tablet for %(wave)s"),
    "endpoint.added": _l("added a chat tool"),
    "endpoint.removed": _l("removed a chat tool"),
    "wave.closed": _l("closed %(subject)s"),
    "wave.keys_renewed": _l("renewed the keys of %(subject)s"),
    "wave.released": _l("released the results of %(subject)s"),
    "results.exported": _l("downloaded the results of %(subject)s"),
    "results.shared": _l("set from which day who sees the results of %(subject)s"),
    "results.told": _l("made mails to %(people)s people that results are there: %(subject)s"),
    "results.read_as_it_was": _l("read what %(subject)s said before a correction"),
    "series.sharing_planned": _l("set how results of %(subject)s will be shared"),
    "comments.exported": _l("downloaded comments of %(subject)s"),
    "comments.waiting": _l("let the comments of %(subject)s wait until %(until)s, to be looked at for names"),
    "comments.opened": _l("opened the comments of %(subject)s that wait to be looked at"),
    "comments.masked": _l("looked at %(comments)s comments of %(subject)s and masked %(masked)s names"),
    "comments.looked_through": _l("looked through all comments of %(subject)s"),
    "results.corrected": _l("corrected the results of %(subject)s"),
    "results.read": _l("fetched the results of %(subject)s"),
    "effect.read": _l("read what %(subject)s changed"),
    "effect.found": _l("worked out what %(subject)s changed"),
    "benchmark.added": _l("wrote down a public figure (%(entry)s)"),
    "benchmark.corrected": _l("corrected a public figure (%(entry)s), version %(version)s"),
    "benchmark.withdrawn": _l("withdrew a public figure (%(entry)s)"),
    "benchmark.imported": _l("took public figures from a file: %(added)s new, %(corrected)s corrected"),
    "year.commented": _l("signed a comment on the year %(year)s of %(subject)s"),
    "report.ordered": _l("asked for a report to be published (%(subject)s)"),
    "report.published": _l("published report no. %(number)s"),
    "report.previewed": _l("read today's report of %(subject)s"),
    "report.read": _l("read report no. %(number)s"),
    "report.downloaded": _l("downloaded report no. %(number)s (%(format)s, %(language)s)"),
    "report.sent": _l("sent report no. %(number)s to its subscriber"),
    "report.subscribed": _l("subscribed %(subject)s to a report"),
    "report.unsubscribed": _l("ended a report's subscription of %(subject)s"),
    "report.template_taken": _l("took slides of their own for reports (%(subject)s)"),
    "report.template_dropped": _l("went back to plain slides for reports (%(subject)s)"),
    "report.problem_settled": _l("saw to a problem with reports (%(subject)s)"),
    "cost.read": _l("read what poor service costs in %(subject)s"),
    "cost.estimated": _l("estimated what poor service costs in %(subject)s, number %(number)s"),
    "scorecard.read": _l("read the scorecard of %(subject)s"),
    "service_link.added": _l("added the service link from %(provider)s to %(customer)s"),
    "service_link.removed": _l("removed the service link from %(provider)s to %(customer)s"),
    "service_link.changed": _l("changed the service link from %(provider)s to %(customer)s"),
    "service_link.imported": _l("imported the service map: %(added)s links added, %(changed)s changed"),
    "service_link.proposal_taken": _l("took over what a wave proposed about %(provider)s and %(customer)s"),
    "service_link.proposal_left": _l("left what a wave proposed about %(provider)s and %(customer)s"),
    "service_link.suggestions_accepted": _l("took over %(links)s suggested service links"),
    "created program": _l("set up the program %(subject)s"),
    "changed program": _l("changed the program %(subject)s"),
    "drafted program": _l("began a draft of the program %(subject)s"),
    "edited program draft": _l("worked on the draft of the program %(subject)s"),
    "discarded program": _l("discarded the draft of the program %(subject)s"),
    "changed program state": _l("turned the program %(subject)s from %(before)s to %(state)s"),
    "drew cohort order": _l("drew by lot in which order the cohorts of %(subject)s start"),
    "planned milestone": _l("planned a milestone of the program %(subject)s"),
    "reached milestone": _l("decided that a milestone of the program %(subject)s is reached"),
    "planned risk": _l("noted a risk of the program %(subject)s"),
    "planned duty": _l("noted a sponsor’s duty in the program %(subject)s"),
    "removed from plan": _l("took something out of the plan of the program %(subject)s"),
    "ended in plan": _l("ended a risk or a duty of the program %(subject)s"),
    "updated enrolment": _l("brought the enrolment of %(subject)s up to date"),
    "saved course draft": _l("saved a draft of the course %(subject)s"),
    "discarded course draft": _l("threw away a draft of the course %(subject)s"),
    "added course file": _l("added the file %(name)s to a draft of the course %(subject)s"),
    "removed course file": _l("took the file %(name)s out of a draft of the course %(subject)s"),
    "made certificate link": _l("made a public link to a certificate of %(subject)s"),
    "ended certificate link": _l("took back the public link to a certificate of %(subject)s"),
    "published course": _l("published version %(version)s of the course %(subject)s"),
    "assigned course": _l("assigned the course %(subject)s to the cohort %(cohort)s"),
    "asked for additions": _l("asked those who had completed the course %(subject)s for what is new in it"),
    "path.saved": _l("wrote the training path %(subject)s"),
    "path.rules": _l("changed for whom the training path %(subject)s is"),
    "path.started": _l("started the training path %(subject)s"),
    "path.ended": _l("ended the training path %(subject)s for %(people)s people"),
    "path.deleted": _l("threw away a draft of the training path %(subject)s"),
    "path.evaluated": _l("brought the training path %(subject)s up to date: %(joined)s came, %(left)s left"),
    "path.exported": _l("took who stands where on the training path %(subject)s as a file"),
    "granted completion": _l("granted %(subject)s something by hand"),
    "revoked completion": _l("revoked something granted to %(subject)s"),
    "exempted from training": _l("spared %(subject)s something for a time"),
    "ended an exemption": _l("ended a time for which %(subject)s was spared something"),
    "assigned course to joiners": _l("assigned the course %(subject)s to who joined the cohort"),
    "closed stage": _l("closed a stage of the program %(subject)s: %(met)s of %(of)s criteria met"),
    "planned action": _l("planned an action of the unit %(subject)s"),
    "changed action": _l("changed an action of the unit %(subject)s"),
    "ended action": _l("ended an action of the unit %(subject)s"),
    "planned session": _l("planned a session of the course %(subject)s"),
    "changed session": _l("changed a session of the course %(subject)s"),
    "cancelled session": _l("cancelled a session of the course %(subject)s"),
    "gave a seat": _l("gave %(subject)s a seat in a session"),
    "took back a seat": _l("took back the seat of %(subject)s in a session"),
    "marked attendance": _l("marked who came to a session of the course %(subject)s"),
    "set sighting rules": _l("set how often a behaviour must be seen"),
    "set what shows requirements": _l("set which attitudes show the requirements %(codes)s"),
    "took progress": _l("took why, want, know, can and keep of people as a file"),
    "kudos.given": _l("thanked a colleague"),
    "kudos.withdrawn": _l("withdrew thanks in time"),
    "kudos.hidden": _l("hid reported thanks from others"),
    "kudos.kept": _l("looked at reported thanks and left them"),
    "kudos.restored": _l("showed hidden thanks again"),
    "points.corrected": _l("corrected the points of %(subject)s by %(points)s"),
    "points.pattern": _l("decided on a pattern in thanks"),
    "points.rules": _l("changed the rules of points"),
    "points.allowance": _l("added a rule for points to give: %(base)s"),
    "points.no_allowance": _l("removed a rule for points to give: %(base)s"),
    "practices.on": _l("switched practices on in %(subject)s"),
    "practices.off": _l("switched practices off in %(subject)s"),
    "idea.proposed": _l("proposed a memorable idea"),
    "idea.approved": _l("approved a memorable idea"),
    "idea.altered": _l("approved a memorable idea with changes"),
    "idea.declined": _l("declined a memorable idea"),
    "idea.withdrawn": _l("took back a memorable idea"),
    "idea.retired": _l("took a memorable idea out of the library"),
    "recovery.opened": _l("wrote a complaint down, with amends worth %(value)s %(currency)s"),
    "recovery.offered": _l("offered other amends, worth %(value)s %(currency)s"),
    "recovery.allowed": _l("allowed amends worth %(value)s %(currency)s"),
    "recovery.refused": _l("did not allow amends"),
    "recovery.closed": _l("closed a colleague’s complaint"),
    "recovery.hours": _l("set that complaints are made good within %(hours)s hours"),
    "limit.set": _l("set what may be given without asking: %(own)s %(currency)s"),
    "limit.removed": _l("removed what may be given without asking: %(own)s %(currency)s"),
    "award.made": _l("set up an award: %(winners)s winners, %(points)s points each"),
    "award.changed": _l("changed an award: %(winners)s winners, %(points)s points each"),
    "award.jury_changed": _l("changed the jury of an award while a round ran: %(joined)s joined, %(left)s left"),
    "award.retired": _l("ended the rounds of an award"),
    "award.offered_again": _l("gave an award again"),
    "award.funded": _l("moved %(points)s points into the budget of %(subject)s"),
    "award.round_opened": _l("opened a round of an award"),
    "award.nominations_closed": _l("closed the nominations for an award"),
    "award.shortlisted": _l("made the shortlist of an award: %(chosen)s candidates, %(declined)s left out"),
    "award.nominated": _l("nominated somebody for an award"),
    "award.nomination_withdrawn": _l("took a nomination for an award back"),
    "award.voted": _l("voted on a candidate for an award"),
    "award.won": _l("gave an award with %(points)s points"),
    "award.round_ended": _l("ended a round of an award (%(state)s); %(returned)s points went back to its budget"),
    "milestones.rules": _l("changed which milestones are announced"),
    "milestones.paid": _l("paid %(points)s points for a milestone of %(subject)s"),
    "team.recognised": _l("recognised %(subject)s as a team"),
    "team.not_recognised": _l("declined to recognise %(subject)s as a team"),
    "post.hidden": _l("took news about a colleague or a team down"),
    "post.kept": _l("looked at reported news and left it"),
    "post.restored": _l("showed hidden news again"),
    "reward.made": _l("added a reward for %(price)s points"),
    "reward.changed": _l("changed a reward; its price is %(price)s points"),
    "reward.retired": _l("took a reward out of the offer"),
    "reward.offered_again": _l("put a reward back into the offer"),
    "reward.code_shown": _l("looked at the code of a voucher"),
    "reward.countries": _l("said in which country %(sites)s sites lie"),
    "hook.added": _l("added a web hook"),
    "hook.renewed": _l("made a new secret for a web hook"),
    "hook.stopped": _l("stopped a web hook"),
    "hook.started": _l("started a web hook again"),
    "hook.removed": _l("removed a web hook"),
    "hook.given_up": _l("gave a web hook up after %(failures)s failed calls"),
    "reward.codes": _l("added %(added)s codes to a voucher"),
    "reward.payroll": _l("downloaded the rewards handed over for the payroll"),
    "reward.reserved": _l("redeemed a reward for %(points)s points"),
    "reward.to_fulfil": _l("approved a redemption"),
    "reward.fulfilled": _l("handed a reward over"),
    "reward.rejected": _l("rejected a redemption; its %(points)s points went back"),
    "reward.cancelled": _l("cancelled a redemption; its %(points)s points went back"),
}
# The kinds of things that are searched for together: the beginning of a verb or words of it.
TOPICS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "access": (_l("Roles and access"), ("grant", "admin.", "audit.")),
    "sign_in": (
        _l("Signing in and setup"),
        ("sign", "session", "mfa", "password", "setup", "organisation", "account", "address.", "token.", "language."),
    ),
    "people": (
        _l("People, imports and erasures"),
        ("people.", "unit.", "employee.", "rights.", "retention.", "hold."),
    ),
    "surveys": (
        _l("Surveys"),
        ("series.", "wave.", "units.", "mail.", "kiosk.", "endpoint.", "service_link.", "instrument", "questionnaire"),
    ),
    "reports": (
        _l("Reading reports"),
        ("results.", "comments.", "scorecard.", "effect.", "cost.", "report", "benchmark.", "year."),
    ),
    "programs": (
        _l("Programs, courses and thanks"),
        ("created program", "changed program", "updated enrolment", "drafted program", "edited program draft",
         "discarded program", "drew cohort order", "planned milestone", "reached milestone", "planned risk",
         "planned duty", "removed from plan", "ended in plan", "saved course", "published course",
         "discarded course", "added course file", "removed course file", "made certificate", "ended certificate",
         "assigned course", "asked for additions", "path.", "granted completion", "revoked completion",
         "exempted from training", "ended an exemption", "kudos.", "points.", "reward.", "ledger.",
         "award.", "milestones.", "team.", "post.", "hook.", "practices.", "idea.", "recovery.", "limit.",
         "closed stage", "planned action", "changed action", "ended action",
         "planned session", "changed session", "cancelled session",
         "gave a seat", "took back a seat", "marked attendance", "set sighting rules",
         "set what shows requirements", "took progress"),
    ),
    "framework": (_l("Framework, charter and readiness"), ("framework.", "charter", "readiness", "profile", "tailor")),
}  # fmt: skip
KEYS: dict[str, Any] = {
    "file": _l("file"),
    "sha256": _l("fingerprint"),
    "joined": _l("joined"),
    "left": _l("left"),
    "moved": _l("moved"),
    "changed": _l("changed"),
    "unchanged": _l("unchanged"),
    "rejected": _l("rejected"),
    "suspicious": _l("suspicious"),
    "since": _l("from"),
    "until": _l("to"),
    "on": _l("last day"),
    "invited": _l("invited"),
    "groups": _l("groups"),
    "points": _l("points"),
    "people": _l("people"),
    "rules": _l("rules"),
    "due_on": _l("due on"),
    "fields": _l("fields"),
    "name": _l("name"),
    "version": pgettext_lazy("number", "version"),
    "before": _l("before"),
    "after": _l("after"),
    "code": _l("entry"),
    "team": _l("people led"),
    "successor": _l("successor"),
    "target": _l("other unit"),
    "people_to": _l("people go to"),
    "units_to": _l("subunits go to"),
    "told": _l("old address is told"),
    "tokens": _l("keys"),
    "how": _l("how"),
    "days": _l("days"),
    "may_change": _l("may change things"),
}
# Ids that a sentence or its subject already tells, or that say nothing to a reader.
SILENT = {"name", "grant", "unit", "unit_path", "role", "receiver", "by", "token"}
NAMES_OF_FIELDS = (
    ("given_name", "family_name"), ("name",), ("series__name", "number"), ("file_name",), ("title",), ("code",),
)  # fmt: skip
REFERENCE = re.compile(r"[a-z_]{3,40}:[0-9]{1,17}")
# What was changed, when an entry lists columns.
FIELDS: dict[str, Any] = {
    **LABELS,
    "text": _l("text"),
    "detail": _l("explanation"),
    "off": _l("switched on or off"),
    "who": _l("who"),
    "moment": _l("when"),
    "before": _l("what must come before"),
    "prerequisites": _l("what must come before"),
    "value": _l("own number"),
}


def sentence(entry: AuditEntry, names: dict[str, str]) -> str:
    """What was done, without the actor: "gave Anna Neri the role Trainer of Retail"."""
    values: dict[str, Any] = defaultdict(lambda: "…")
    values |= {key: readable(value, names) for key, value in entry.detail.items()}
    values["subject"] = names.get(entry.subject, entry.subject)
    role = str(entry.detail.get("role", ""))
    values["role"] = dict(Role.choices).get(role, role)
    unit = entry.detail.get("unit_path") or (entry.detail.get("unit") if entry.verb == "grant" else "")
    values["place"] = _(" for %(unit)s") % {"unit": unit} if unit else _(" for the whole organisation")
    if (template := SENTENCES.get(entry.verb)) is None:
        words = entry.verb.replace(".", " ").replace("_", " ")
        return f"{words}: {values['subject']}"
    return str(template) % values


def details(entry: AuditEntry, names: Mapping[str, str] | None = None) -> str:
    """What the sentence does not say, as short pairs. ``names``: how things are called (:func:`names_of`)."""
    names = names or {}
    told = str(SENTENCES.get(entry.verb, ""))
    subject = names.get(entry.subject, "")
    pairs = [
        f"{KEYS.get(key, key.replace('_', ' '))}: {readable(value, names)}"
        for key, value in entry.detail.items()
        # Nothing happened to 0 of them, and a code the subject is called by is not said twice.
        if key not in SILENT and f"%({key})s" not in told and value not in (None, "", [], {}, 0)
        and not (key == "code" and value == subject)
    ]  # fmt: skip
    return " · ".join(pairs)


def references(entry: AuditEntry) -> list[str]:
    """Everything an entry names as ``model:id``: its subject, and what its detail refers to."""
    values = [item for value in entry.detail.values() for item in (value if isinstance(value, list) else [value])]
    return [entry.subject, *(value for value in values if isinstance(value, str) and REFERENCE.fullmatch(value))]


def readable(value: Any, names: Mapping[str, str] | None = None) -> str:
    """A value of an entry's detail as people write it."""
    names = names or {}
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(readable(item, names) for item in value[:8]) + ("…" if len(value) > 8 else "")
    if isinstance(value, dict):
        return ", ".join(f"{key} {readable(item, names)}" for key, item in list(value.items())[:8])
    text = str(value)
    if text in names or text in FIELDS:
        return names.get(text) or str(FIELDS[text])
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return f"{text[:12]}…"
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date_format(dt.date.fromisoformat(text), "j F Y")
        except ValueError:
            pass
    return text if len(text) <= 120 else f"{text[:119]}…"


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """Subject (``model:id``) → how a person calls it; one query per kind of thing, whatever their number."""
    by_model: dict[str, dict[int, str]] = defaultdict(dict)
    for subject in set(subjects):
        model, _colon, key = subject.partition(":")
        if key.isdigit() and len(key) < 18:
            by_model[model][int(key)] = subject
    found: dict[str, str] = {}
    models = {model._meta.model_name: model for model in apps.get_models()}
    for kind, wanted in by_model.items():
        if kind not in models:
            continue
        known = _known_names(models[kind], list(wanted))
        for pk, about in wanted.items():
            found[about] = known.get(pk) or f"{models[kind]._meta.verbose_name} {pk}"
    return found


def _known_names(model: Any, keys: list[int]) -> dict[int, str]:
    fields = {field.name for field in model._meta.get_fields()}
    for wanted in NAMES_OF_FIELDS:
        if all(name.partition("__")[0] in fields for name in wanted):
            rows = model._default_manager.filter(pk__in=keys).values_list("pk", *wanted)
            return {row[0]: " ".join(str(part) for part in row[1:]).strip() for row in rows}
    return {}
