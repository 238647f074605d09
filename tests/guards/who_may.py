"""Who may open which address: name → personas (tests/guards/world.py says who they are). The failing test prints the
line to add; whether it is right is for whoever adds it to think over. Doors only: how much of a page somebody sees is
tested with the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.guards import (
    who_may_awards,
    who_may_courses,
    who_may_culture,
    who_may_paths,
    who_may_points,
    who_may_practices,
    who_may_programs,
    who_may_reports,
    who_may_surveys,
    who_may_thanks,
)
from tests.guards.who_may_personas import FRAMEWORK, HR, SIGNED_IN, TEAM
from tests.guards.world import World

_WHO: dict[str, str] = {
    **who_may_culture.WHO,
    **who_may_surveys.WHO,
    **who_may_programs.WHO,
    **who_may_courses.WHO,
    **who_may_reports.WHO,
    **who_may_points.WHO,
    **who_may_thanks.WHO,
    **who_may_practices.WHO,
    **who_may_awards.WHO,
}
WHO: dict[str, frozenset[str]] = {name: frozenset(who.split()) for name, who in {**_WHO, **who_may_paths.WHO}.items()}
# There or not, depending on settings.
SOMETIMES = {"mailbox", "styleguide"}

# What an address is asked with, of what the world has.
ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {
    **who_may_courses.ARGUMENTS,
    **who_may_reports.ARGUMENTS,
    **who_may_paths.ARGUMENTS,
    **who_may_practices.ARGUMENTS,
    "results:sharing": lambda w: [w.wave.pk],
    "results:series_sharing": lambda w: [w.wave.series_id],
    "framework:entry": lambda w: ["requirements", "W1"],
    "framework:profile": lambda w: [w.profile.pk],
    "framework:profile_copy": lambda w: [w.profile.pk],
    "framework:profile_remove": lambda w: [w.profile.pk],
    "framework:add": lambda w: ["requirements"],
    "framework:edit": lambda w: ["requirements", "W1"],
    "framework:act": lambda w: ["requirements", "W1", "off"],
    "framework:readiness_sponsors": lambda w: [w.readiness.pk],
    "framework:readiness_end": lambda w: [w.readiness.pk],
    "people:employee": lambda w: [w.colleague.pk],
    "people:employee_action": lambda w: [w.colleague.pk, "move"],
    "people:employee_sign_in": lambda w: [w.colleague.pk],
    "people:unit": lambda w: [w.unit.pk],
    "people:unit_children": lambda w: [w.unit.pk],
    "people:unit_change": lambda w: [w.unit.pk, "rename"],
    "people:unit_sort": lambda w: [w.unit.pk],
    "access:person": lambda w: [w.colleague.pk],
    "access:give": lambda w: [w.colleague.pk],
    "access:end": lambda w: [w.grant.pk],
    "instruments:detail": lambda w: [w.instrument.key],
    "instruments:library_entry": lambda w: ["culture-pulse"],
    "instruments:take": lambda w: ["culture-pulse"],
    "instruments:languages": lambda w: [w.instrument.key],
    "instruments:compare": lambda w: [w.instrument.key],
    "instruments:print": lambda w: [w.instrument.key],
    "instruments:export": lambda w: [w.instrument.key],
    "instruments:names": lambda w: [w.instrument.key],
    "instruments:do": lambda w: [w.instrument.key],
    "instruments:edit": lambda w: [w.instrument.key],
    "instruments:kinds": lambda w: [w.instrument.key],
    "instruments:item_new": lambda w: [w.instrument.key, "agreement"],
    "instruments:item": lambda w: [w.instrument.key, "W1"],
    "instruments:rule": lambda w: [w.instrument.key, "W1"],
    "instruments:section_new": lambda w: [w.instrument.key],
    "instruments:section": lambda w: [w.instrument.key, "want"],
    "answering:preview": lambda w: [w.instrument.key],
    "answering:preview_page": lambda w: [w.instrument.key],
    "api-instruments-detail": lambda w: [w.instrument.pk],
    "api-instrument-versions-detail": lambda w: [w.instrument.versions.order_by("pk").first().pk],
    "api-instrument-items-detail": lambda w: [
        w.instrument.versions.order_by("pk").first().items.order_by("pk").first().pk
    ],
    "waves:detail": lambda w: [w.wave.pk],
    "waves:open": lambda w: [w.wave.pk],
    "waves:close": lambda w: [w.wave.pk],
    "waves:series": lambda w: [w.series.pk],
    "waves:edit": lambda w: [w.series.pk],
    "waves:edit_preview": lambda w: [w.series.pk],
    "waves:series_act": lambda w: [w.series.pk, "pause"],
    "waves:extend": lambda w: [w.wave.pk],
    "waves:cancel": lambda w: [w.wave.pk],
    "waves:merge": lambda w: [w.wave.pk],
    "waves:separate": lambda w: [w.wave.pk, w.merge.pk],
    "waves:act": lambda w: [w.wave.pk, "hold"],
    "waves:remove_link": lambda w: [w.link.pk],
    "waves:hand_out": lambda w: [w.wave.pk],
    "waves:link": lambda w: [w.link.pk],
    "api-service-links-detail": lambda w: [w.link.pk],
    "waves:proposal": lambda w: [w.proposal.pk],
    "planning:detail": lambda w: [w.program.pk],
    "planning:edit": lambda w: [w.program.pk],
    "planning:setup": lambda w: [w.program.pk],
    "planning:step": lambda w: [w.program.pk, "stages"],
    "planning:copy": lambda w: [w.program.pk],
    "planning:discard": lambda w: [w.program.pk],
    "planning:turn": lambda w: [w.program.pk, "pause"],
    "planning:amendments": lambda w: [w.program.pk],
    "planning:cohort": lambda w: [w.program.pk, w.program.cohorts.get().pk],
    "planning:stage": lambda w: [w.program.pk, "information"],
    "planning:plan": lambda w: [w.program.pk],
    "planning:plan_add": lambda w: [w.program.pk, "risks"],
    "planning:plan_change": lambda w: [w.program.pk, "duties", w.duty.pk],
    "training:detail": lambda w: [w.course.pk],
    "planning:action": lambda w: [w.action.pk],
    "planning:action_edit": lambda w: [w.action.pk],
    "planning:action_end": lambda w: [w.action.pk],
    "training:person": lambda w: [w.colleague.pk],
    "training:session_new": lambda w: [w.course.pk],
    "training:session": lambda w: [w.session.pk],
    "training:session_edit": lambda w: [w.session.pk],
    "training:session_act": lambda w: [w.session.pk],
    "training:session_seats": lambda w: [w.session.pk],
    "training:my_seat": lambda w: [w.session.pk],
    "training:edit": lambda w: [w.course.pk],
    "training:publish": lambda w: [w.course.pk],
    "training:import_quiz": lambda w: [w.course.pk],
    "training:assign": lambda w: [w.course.pk],
    "training:my_course": lambda w: [w.course.pk],
    "training:lesson": lambda w: [w.course.pk, 1],
    "reports:program": lambda w: [w.program.pk],
    "api-requirements-detail": lambda w: ["W1"],
    "api-behaviours-detail": lambda w: ["A1"],
    "api-conditions-detail": lambda w: ["S1"],
    "api-practices-detail": lambda w: ["P1"],
    "api-employees-detail": lambda w: [w.colleague.pk],
    "api-employees-memberships": lambda w: [w.colleague.pk],
    "api-units-detail": lambda w: [w.unit.pk],
    "api-units-history": lambda w: [w.unit.pk],
    "api-requirement-profiles-detail": lambda w: [w.profile.pk],
    "api-grants-detail": lambda w: [w.grant.pk],
    "api-audit-detail": lambda w: [w.entry.pk],
    "api-series-detail": lambda w: [w.series.pk],
    "api-waves-detail": lambda w: [w.wave.pk],
    "api-programs-detail": lambda w: [w.program.pk],
    "api-courses-detail": lambda w: [w.course.pk],
    "api-scorecards-detail": lambda w: [w.program.pk],
    "api-effects-detail": lambda w: [w.program.pk],
    "reports:effect": lambda w: [w.program.pk],
    "reports:effect_outcome": lambda w: [w.program.pk, "want"],
}
# Views that a second permission opens, too: the line above says more than the one they name.
WIDER = {"people:units", "people:unit", "people:unit_children"}
# A query without which the page has nothing to show.
QUERY: dict[str, str] = {}
# API actions that write: (address, method) → who may.
WRITES: dict[tuple[str, str], frozenset[str]] = {
    **who_may_paths.WRITTEN,
    **who_may_points.WRITTEN,
    **who_may_practices.WRITTEN,
    ("api-charter-acknowledgements-list", "POST"): frozenset(SIGNED_IN.split()),  # his own
    ("api-observations-list", "POST"): frozenset(TEAM.split()),
    ("api-programs-list", "POST"): frozenset(FRAMEWORK.split()),  # drafts only
    ("api-programs-detail", "PATCH"): frozenset(FRAMEWORK.split()),
    ("api-programs-detail", "DELETE"): frozenset(FRAMEWORK.split()),
    ("api-service-links-list", "POST"): frozenset({HR}),
    ("api-service-links-detail", "PATCH"): frozenset({HR}),
    ("api-service-links-detail", "DELETE"): frozenset({HR}),
}
# Asked by the tests named here, because the world has nothing to ask them with; the view's permission is still held
# against the table above.
UNASKED: dict[str, str] = {
    **who_may_courses.UNASKED,
    **who_may_reports.UNASKED,
    **who_may_points.UNASKED,
    **who_may_thanks.UNASKED,
    **who_may_practices.UNASKED,
    **who_may_awards.UNASKED,
    **who_may_paths.ELSEWHERE,
    **dict.fromkeys(
        ("setup:start", "setup:link", "setup:organisation", "setup:mail", "setup:privacy", "setup:admin"),
        "tests/culture/test_setup*.py: in demo mode there is no first start",
    ),
    **dict.fromkeys(
        (
            "account_once", "account_end_session", "account_reset_password_from_key", "account_confirm_email",
            "account_confirm_login_code", "accounts/confirm-email/", "accounts/confirm-email/<str:key>/",
            "accounts/email/", "account_email", "account_logout", "mfa_authenticate", "mfa_remove_webauthn",
            "mfa_edit_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_reauthenticate",
            "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes", "mfa_add_webauthn", "mfa_list_webauthn", "account_end_others",
        ),
        "tests/culture/test_signin*.py: a key, a second factor or a state of signing in",
    ),
    **dict.fromkeys(
        ("access:confirm_address", "account_confirm_address", "account_end_key"),
        "tests/culture/test_addresses.py, test_tokens.py: a changed address, a key",
    ),
    "admin_sign_in": "leads to account_login",
    "recognition:withdraw": "tests/programs/test_recognition.py: one's own thanks, for minutes",
    **dict.fromkeys(
        (
            "recognition:reward", "recognition:cancel", "recognition:decide", "recognition:reward_edit",
            "recognition:reward_codes", "recognition:retire", "recognition:remove_allowance", "recognition:payroll",
            "recognition:decide_pattern",
        ),
        "tests/programs/test_rewards.py: a reward, a redemption or a rule of its own",
    ),
    **dict.fromkeys(("mfa_login_webauthn", "account_email_verification_sent"), "lead back to account_login"),
    **dict.fromkeys(
        ("framework:readiness_detail", "framework:readiness_judge", "api-readiness-detail"),
        "tests/culture/test_readiness*.py: only a closed one is shown, only a sponsor judges",
    ),
    **dict.fromkeys(
        (
            "answering:no_token", "answering:without_slash", "answering:start", "answering:check",
            "answering:thanks", "answering:page", "answering:lost", "answering:ahead", "answering:answers",
            "answering:worker", "answering:shell",
        ),
        "tests/surveys/test_answering*.py: no link, no page",
    ),
    **dict.fromkeys(
        (
            "answering:leave", "answering:code", "answering:code_filled", "answering:kiosk", "answering:kiosk_end",
            "answering:kiosk_stay", "answering:kiosk_thanks", "answering:kiosk_start", "answering:kiosk_check",
            "answering:kiosk_page", "waves:bounce_hook",
        ),
        "tests/surveys/test_codes.py, test_kiosk.py, test_delivery_bounces.py: a code, a tablet or a signature",
    ),
    **dict.fromkeys(
        (
            "waves:hand_out_unit", "waves:print_sheet", "waves:show_link", "waves:try_again", "waves:kiosks",
            "waves:end_kiosk", "waves:test_endpoint", "waves:remove_endpoint",
        ),
        "tests/surveys/test_channels.py: only an open wave has them",
    ),
    **dict.fromkeys(
        (
            "results:wave", "results:unit", "results:trend", "results:services", "results:export", "results:heatmap",
            "results:cuts", "results:cut", "results:category", "results:findings", "results:compare", "results:why",
            "results:method", "results:export_about", "results:export_choose", "results:export_xlsx",
            "results:export_json", "api-results-detail", "api-results-groups",
        ),
        "tests/surveys/test_results.py, test_result_pages.py: only a released wave has them",
    ),
    **dict.fromkeys(
        (
            "results:comments", "results:comments_export", "results:comments_export_xlsx",
            "results:comments_export_json", "results:corrections", "results:correct",
            "results:release_as_it_was", "results:moderate", "results:moderate_done",
        ),
        "tests/surveys/test_sharing.py, test_comments.py: only a closed or released wave has them",
    ),
    **dict.fromkeys(
        ("results:receipts", "results:receipts_text"),
        "tests/surveys/test_receipts.py: only a released wave that gave receipts has them",
    ),
    **dict.fromkeys(
        (
            "people:preview", "people:rejects", "people:confirm", "people:discard", "people:import_reading",
            "people:import_mapping", "people:import_decide", "people:import_accept", "people:import_detail",
            "people:import_undo",
        ),
        "tests/culture/test_import*.py: who uploaded the file",
    ),
    **dict.fromkeys(
        (
            "framework:charter_version", "framework:charter_changes", "framework:charter_readers",
            "framework:charter_unread", "framework:charter_readers_csv", "framework:charter_publish",
            "framework:charter_draft", "framework:charter_acknowledge", "api-charter-detail", "api-charter-in-force",
        ),
        "tests/culture/test_charter*.py: only a published charter has them",
    ),
    **dict.fromkeys(
        ("people:erasure", "people:lift_hold", "people:retention_period"),
        "tests/culture/test_erasure*.py, test_retention*.py: a leaver, a hold, a kind of data",
    ),
    **dict.fromkeys(
        ("people:cancel_move", "people:plan_cancel", "people:unit_reopen"),
        "tests/culture/test_units*.py, test_employees*.py: something planned, something closed",
    ),
    **dict.fromkeys(("api-notions-detail", "api-figures-detail"), "the same view as api-requirements-detail"),
    **dict.fromkeys(
        (
            "training:quiz", "training:attempt", "training:withdraw", "training:my_calendar", "training:quiz_file",
            "api-kudos-detail",
        ),
        "tests/programs: one's own only, or of a course with a quiz",
    ),
}  # fmt: skip
