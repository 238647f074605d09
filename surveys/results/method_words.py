"""Every formula behind a number on the result pages: in plain words, as a formula, with its source. Pure.

The code is where ``code`` says; what stands here and there must say the same (tests/surveys/test_result_method.py holds
the sources against the docstrings). Figures that a wave may choose are read from its frozen rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.results import method_sure
from surveys.results.insight import drivers
from surveys.results.insight.services import QUADRANT_AT, STANDARD
from surveys.results.method_parts import FRAMEWORK, Formula, Part
from surveys.results.scoring import BARRIER_THRESHOLD

__all__ = ["FRAMEWORK", "Formula", "Part", "parts"]


def parts(rules: Mapping[str, Any]) -> list[Part]:
    """All formulas in the order of the page, with the figures of these frozen rules."""
    return [
        Part("scores", _("Scores"), _scores(rules)),
        Part("barriers", _("Barriers"), _barriers(rules)),
        Part("service", _("Service between units"), _service(rules)),
        Part("certainty", _("How sure a number is"), method_sure.certainty(rules)),
        Part("changes", _("Change and trend"), method_sure.changes(rules)),
        Part("goes-with", _("What goes with what"), _goes_with()),
        Part("privacy", _("What is hidden, and how numbers are told"), method_sure.privacy(rules)),
    ]


def _scores(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    return (
        Formula(
            "index",
            _("Score of a question, 0 to 100"),
            _(
                "Each answer stands for a number from 0 (worst) to 100 (best), in equal steps; a question that is put"
                " the other way round is turned. The score is the mean of all who answered. “I can't judge this”"
                " counts as no answer."
            ),
            _("score = mean of (answer − lowest) ÷ (highest − lowest) × 100"),
            FRAMEWORK + ", 7",
            "surveys.results.scoring.to_index",
        ),
        Formula(
            "want-know-can",
            _("Want, know, can and the service score"),
            _(
                "The mean of all answers to the questions of that dimension (of the service: to the questions that"
                " judge it). A person counts as one who answered it when he judged more than half of its questions;"
                " the people told beside it are these."
            ),
            _("score = mean of all answers to its questions"),
            FRAMEWORK + ", 7",
            "surveys.results.tallying.pooled",
        ),
        Formula(
            "favourable",
            _("Favourable, neutral, unfavourable; how answers spread"),
            _(
                "The shares of people by their answer: of five steps the upper two are favourable, the lower two"
                " unfavourable; other scales say which of their steps are. Shown from %(detail)s people; the full"
                " spread from %(dist)s."
            )
            % {"detail": rules["score_detail_from"], "dist": rules["distribution_from"]},
            "",
            "",
            "surveys.results.scoring.answer_thirds",
        ),
        Formula(
            "talk",
            _("Talk index"),
            _(
                "Who would tell a friend something great or good, minus who would tell something bad or awful, per 100"
                " people: from −100 to 100. Memorable: the share who would tell something great."
            ),
            _("talk index = % great or good − % bad or awful"),
            FRAMEWORK + ", 4, 7",
            "surveys.results.scoring.talk_score",
        ),
        Formula(
            "nps",
            _("Recommendation (internal NPS) and effort"),
            _(
                "On a scale from 0 to 10: the share of 9 and 10 less the share of 0 to 6. Effort on a scale from 1 to"
                " 7: the share who found it easy, 5 to 7."
            ),
            _("NPS = % (9–10) − % (0–6)"),
            "F. F. Reichheld, Harvard Business Review 81/12 (2003), 46–54",
            "surveys.results.telling.tell",
        ),
    )


def _barriers(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    at = f"{BARRIER_THRESHOLD:g}"
    return (
        Formula(
            "below",
            _("Falls short in one dimension"),
            _(
                "Of each person's own answers the mean of the dimension is taken, on the scale 1 to 5. At or below"
                " %(at)s he falls short in it. Told is the share of such people."
            )
            % {"at": at},
            _("share = people with a mean ≤ %(at)s ÷ people with a mean") % {"at": at},
            FRAMEWORK + ", 7",
            "surveys.results.insight.barriers.below_cell",
        ),
        Formula(
            "barrier",
            _("First barrier"),
            _(
                "For each person the first of wanting, knowing how, being able in which he falls short; never of the"
                " mean of a group. Who answered half or fewer of the questions of a dimension that comes first is not"
                " classified. As chance puts people who hesitate into the first in line, wanting comes out somewhat too"
                " large. Shown from %(detail)s people."
            )
            % {"detail": rules["score_detail_from"]},
            "",
            FRAMEWORK + ", 7",
            "surveys.results.insight.barriers.first",
        ),
    )


def _service(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    cut = rules.get("quadrant_at", QUADRANT_AT)
    return (
        Formula(
            "served",
            _("Who serves whom"),
            _(
                "Each cell is what the people of one group say of the service of another. Who rates three providers is"
                " one person in three cells, and counts once wherever they are added up. Both directions of two groups"
                " are two cells; neither is worked out from the other."
            ),
            "",
            "",
            "surveys.results.service_cells.service_cells",
        ),
        Formula(
            "quadrant",
            _("Four kinds of service"),
            _(
                "Treatment of the customer against competence, each the mean of its questions; at %(cut)s of 5 and"
                " above it counts as good. “Close to the line” where an interval reaches over it."
            )
            % {"cut": cut},
            "",
            FRAMEWORK + ", 4",
            "surveys.results.insight.services.quadrant",
        ),
        Formula(
            "factors",
            _("Basics and extras"),
            _(
                "Basics below %(at)s of 100 come first, the worst first: what is missing there no extra makes good."
                " Then extras, then basics that hold."
            )
            % {"at": STANDARD},
            "",
            "F. Herzberg, B. Mausner, B. Snyderman, The Motivation to Work (1959)",
            "surveys.results.insight.services.two_factors",
        ),
        Formula(
            "gap",
            _("Experienced less expected"),
            _(
                "Where a question asks for both, the score of what was experienced less the score of what is expected,"
                " in points; the mean over the questions of a facet. Its interval takes the two as independent, so it"
                " is rather too wide."
            ),
            _("gap = experienced − expected"),
            "A. Parasuraman, V. A. Zeithaml, L. L. Berry, Journal of Retailing 64 (1988), 12–40",
            "surveys.results.insight.services.gaps",
        ),
        Formula(
            "incidence",
            _("What went wrong, per 100 encounters"),
            _(
                "The share who met it, divided by the encounters a person had on average: a lower bound, as somebody"
                " may have met it more than once. The mean of a number is told to a hundredth of its range; for the"
                " bound the highest mean it may stand for is taken, and the result is rounded down."
            ),
            _("at least = % who met it ÷ mean encounters per person"),
            FRAMEWORK + ", 7",
            "surveys.results.insight.services.incidence",
        ),
        Formula(
            "hours",
            _("Hours lost"),
            _(
                "The spread of answers times the middle of each range (the open one counts as 24 hours), per person and"
                " quarter. Where only three classes are released, they are split as in the whole organisation, and the"
                " figure is called estimated."
            ),
            "",
            FRAMEWORK + ", 7",
            "surveys.results.insight.services.lost_time",
        ),
    )


def _goes_with() -> tuple[Formula, ...]:
    return (
        Formula(
            "drivers",
            _("What goes with an outcome"),
            _(
                "How much of the differences in the outcome each question accounts for, shared out among questions that"
                " go together. Worked out from %(least)s people (and ten for each question); smaller groups show the"
                " next one above. It shows what goes together, not what causes what."
            )
            % {"least": drivers.FEWEST},
            _("Johnson's relative weights; over all orders: LMG"),
            "J. W. Johnson, Multivariate Behavioral Research 35 (2000), 1–19; R. H. Lindeman, P. F. Merenda, R. Z. Gold"
            " (1980); U. Grömping, Journal of Statistical Software 17/1 (2006)",
            "surveys.results.insight.drivers.relative_weights",
        ),
        Formula(
            "noise",
            _("Above chance"),
            _(
                "A made-up question of pure chance takes part. “Above chance” is a question whose weight is clearly"
                " larger than that one's in 97.5 % of samples drawn again. “Only through the others”: it helps to"
                " explain, but by itself it goes the other way or nowhere."
            ),
            "",
            "S. Tonidandel, J. M. LeBreton, J. W. Johnson, Psychological Methods 14 (2009), 387–399",
            "surveys.results.insight.drivers.beats_noise",
        ),
        Formula(
            "findings",
            _("What stands out"),
            _(
                "Chosen by rule: the barrier most people meet first, if at least a fifth do; the biggest clear change;"
                " own view and colleagues' view, if at least 10 points apart and by more than their intervals;"
                " strongest and weakest question, if at least 5 points apart and by more than their intervals."
            ),
            "",
            "",
            "surveys.results.insight.findings.of_unit",
        ),
    )
