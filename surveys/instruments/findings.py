"""What checking finds and edits refuse, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from surveys.instruments.checking import Finding
from surveys.instruments.content import MOST_ITEMS, MOST_SECTIONS

_l = gettext_lazy
WORDS: Mapping[str, Any] = {
    "no_items": _l("There are no questions yet. Add the first one."),
    "only_comments": _l("There are only comments. Add at least one question with answers to choose."),
    "no_section": _l("It is in no section, so nobody would be asked. Edit it and choose a section."),
    "empty_section": _l("This section has no questions; it is left out."),
    "section_title": _l("This section has no title. Write one."),
    "too_long": _l(
        "About %(n)s minutes for somebody who is asked about %(providers)s departments: over %(most)s minutes people "
        "answer carelessly. Ask less, or in turns."
    ),
    "bad_code": _l("Its code must begin with a letter and hold only letters without accents, figures, - and _."),
    "no_text": _l("It has no words in any language. Write the question."),
    "bad_pipe": _l("“%(pipe)s” is not a placeholder. The only one is {provider}, for the department's name."),
    "pipe_in_own": _l("{provider} stands for a department, but this question is not about one. Change “About”."),
    "long_text": _l("It is longer than %(most)s characters; short ones are understood better."),
    "two_in_one": _l("Does it ask two things at once? Then nobody knows which of them the answer is about."),
    "unknown_kind": _l("This kind of question is not known here. Choose another."),
    "options_five_or_seven": _l("The scale must have 5 or 7 points."),
    "options_how_many": _l("Write at least 2 options, at most 30 (15 where several may be chosen)."),
    "options_values": _l(
        "An option's number is missing, used twice or too large. Each needs its own, from 1 to 30 (15 where several "
        "may be chosen)."
    ),
    "options_empty": _l("An option has no words. Write them, or take it away."),
    "options_range": _l("The smallest number must be below the largest, both whole, from −32768 to 32767."),
    "options_unknown_kind": _l("This kind of question is not known here. Choose another."),
    "rule_malformed": _l("The rule for when it is shown cannot be understood. Set it anew."),
    "rule_unknown": _l("It is shown after an answer to “%(about)s”, which does not exist. Change the rule."),
    "rule_later": _l(
        "It is shown after an answer to “%(about)s”, which is asked later or is the question itself. Move one of the "
        "two, or change the rule."
    ),
    "rule_comment": _l("It is shown after an answer to “%(about)s”, which has no answers to choose. Change the rule."),
    "rule_of_provider": _l(
        "It is asked once, but shown after an answer to “%(about)s”, which is asked per department. Change the rule."
    ),
    "rule_off_scale": _l("It is shown after an answer to “%(about)s” that this question does not offer any more."),
    "rule_shuffled": _l(
        "It is shown after an answer to “%(about)s” in the same shuffled section, which may come later. Move it to a "
        "later section, or do not shuffle."
    ),
    # Why an edit is refused.
    "taken": _l("This code is taken by another one in this questionnaire. Choose another."),
    "gone": _l("It is not there any more; somebody else may have removed it."),
    "looked_at": _l("Another question is shown only after certain answers to this one. Change that rule first."),
    "too_many": _l("A questionnaire holds at most %(most)s questions."),
    "too_many_sections": _l("A questionnaire holds at most %(most)s sections."),
    "has_sections": _l("It has sections already."),
}
MOST = {"too_many": MOST_ITEMS, "too_many_sections": MOST_SECTIONS}


def words(finding: Finding) -> str:
    if finding.reason == "language":
        name = dict(settings.LANGUAGES).get(finding.values["language"], finding.values["language"])
        n = finding.values["n"]
        told = ngettext(
            "%(n)s text has no words in %(name)s; people who read it see another language.",
            "%(n)s texts have no words in %(name)s; people who read it see another language.",
            n,
        )
        return told % {"n": n, "name": _(name)}
    return str(WORDS[finding.reason]) % finding.values if finding.values else str(WORDS[finding.reason])


def refusal(reason: str) -> str:
    text = str(WORDS[reason])
    return text % {"most": MOST[reason]} if reason in MOST else text
