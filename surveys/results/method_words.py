"""Every formula behind a number on the result pages: in plain words, as a formula, with its source. Pure.

The code is where ``code`` says; what stands here and there must say the same (tests/surveys/test_result_method.py holds
the sources against the docstrings). Figures that a wave may choose are read from its frozen rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from surveys.results.insight import change, drivers, reliability
from surveys.results.insight.services import QUADRANT_AT, STANDARD
from surveys.results.repeats import DAYS, TIMES, least_people
from surveys.results.scoring import BARRIER_THRESHOLD

FRAMEWORK = "Service-culture framework"


@dataclass(frozen=True)
class Formula:
    """``key``: its anchor on the page. ``code``: the function that computes it."""

    key: str
    title: str
    words: str
    formula: str = ""
    source: str = ""
    code: str = ""


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    formulas: tuple[Formula, ...]


def parts(rules: Mapping[str, Any]) -> list[Part]:
    """All formulas in the order of the page, with the figures of these frozen rules."""
    return [
        Part("scores", _("Scores"), _scores(rules)),
        Part("barriers", _("Barriers"), _barriers(rules)),
        Part("service", _("Service between units"), _service(rules)),
        Part("certainty", _("How sure a number is"), _certainty(rules)),
        Part("changes", _("Change and trend"), _changes(rules)),
        Part("goes-with", _("What goes with what"), _goes_with()),
        Part("privacy", _("What is hidden, and how numbers are told"), _privacy(rules)),
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
                " in points; the mean over the questions of a facet."
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
                " may have met it more than once."
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


def _certainty(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    return (
        Formula(
            "interval",
            _("95 % interval of a score"),
            _(
                "If the same kind of people were asked again and again, the score would lie in it 95 times of 100."
                " Under 20 people it is worked out with the lower end of the range of people and the spread of the"
                " whole wave, so that it does not give the exact number away."
            ),
            "x̄ ± t(n − 1) · s ÷ √n",
            "Student, Biometrika 6 (1908), 1–25",
            "surveys.results.insight.intervals.mean_interval",
        ),
        Formula(
            "share-interval",
            _("95 % interval of a share"),
            _("Wilson's: it stays between 0 and 100 % also for few people."),
            "",
            "E. B. Wilson, JASA 22 (1927), 209–212",
            "surveys.results.insight.intervals.share_interval",
        ),
        Formula(
            "clusters",
            _("People of one unit rate alike"),
            _(
                "Intervals of ratings of a service are widened by one factor for the whole wave, from how alike people"
                " of one unit rate."
            ),
            "√(1 + (b − 1) · ρ)",
            "L. Kish, Survey Sampling (1965)",
            "surveys.results.insight.intervals.design_effect",
        ),
        Formula(
            "here",
            _("For the people asked"),
            _(
                "Where the score would lie if everybody who was asked had answered. Narrower, as part of them did;"
                " never used for a change, a comparison or for what goes with what."
            ),
            "half-width · √(1 − share who answered)",
            "W. G. Cochran, Sampling Techniques (3rd ed., 1977), 2.6",
            "surveys.results.insight.intervals.of_these_people",
        ),
        Formula(
            "alpha",
            _("How well questions hang together"),
            _(
                "Alpha is 1 when the questions of a score always go together, 0 when they have nothing to do with each"
                " other, below 0 when they contradict each other. A question that goes with the others by less than"
                " %(weak)s is named."
            )
            % {"weak": reliability.WEAK_ITEM},
            "k ÷ (k − 1) · (1 − Σ s²ᵢ ÷ s²)",
            "L. J. Cronbach, Psychometrika 16 (1951), 297–334; L. S. Feldt, Psychometrika 30 (1965), 357–370",
            "surveys.results.insight.reliability.alpha",
        ),
        Formula(
            "participation",
            _("Participation, and who answered all alike"),
            _(
                "Participation in steps of 5 points for groups of at least 10 asked; under 10 % and over 90 % are not"
                " told further. Straight answers: the share who gave one answer to all statements of agreement, where"
                " there are five or more."
            ),
            "",
            "",
            "surveys.results.disclosure.participation_cell",
        ),
    )


def _changes(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    least = rules.get("matters", change.MATTERS)
    return (
        Formula(
            "change",
            _("Change since the last wave"),
            _(
                "The difference of two released scores of the same units with its interval. Answers are not linked over"
                " time, so the interval is rather too wide than too narrow. “Too few to tell”: even a change of"
                " %(least)s points could hide in it."
            )
            % {"least": f"{least:g}"},
            "Δ ± √(h₁² + h₂²)",
            "N. Schenker, J. F. Gentleman, American Statistician 55 (2001), 182–186",
            "surveys.results.insight.change.difference",
        ),
        Formula(
            "many",
            _("One of many comparisons"),
            _(
                "Among hundreds of comparisons some look clear by chance. “Rose” and “fell” are given so that at most"
                " %(share)s %% of these words are mistaken, over all units of a level at once; decided once with the"
                " release, so that the same number has the same word everywhere."
            )
            % {"share": f"{change.FALSE_DISCOVERIES * 100:g}"},
            "p₍ᵢ₎ ≤ i · q ÷ m",
            "Y. Benjamini, Y. Hochberg, J. R. Statist. Soc. B 57 (1995), 289–300",
            "surveys.results.insight.change.benjamini_hochberg",
        ),
        Formula(
            "trend",
            _("Units that changed"),
            _(
                "“As it was”: the group of that name in each wave. “As it is now”: today's units, followed back, put"
                " together from released scores by their people; only where all parts are shown. “Common units only”:"
                " groups of the same units in every wave."
            ),
            _("score = Σ people · score ÷ Σ people"),
            "",
            "surveys.results.insight.trends.trend",
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


def _privacy(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    told = {
        "k": rules["k"],
        "band": rules["band_to"],
        "detail": rules["score_detail_from"],
        "dist": rules["distribution_from"],
        "home": rules["comment_home"],
        "days": DAYS,
        "least": least_people(rules),
        "spread": TIMES * least_people(rules),
    }
    return (
        Formula(
            "hidden",
            _("Hidden for privacy"),
            _(
                "A number is shown when at least %(k)s people answered that question, and when nothing about fewer than"
                " %(k)s people follows from it and everything else that is shown, however it is added and subtracted."
                " Units too small are reported together with their neighbours."
            )
            % told,
            "",
            "",
            "surveys.results.disclosure",
        ),
        Formula(
            "together",
            _("All that is shown, taken together"),
            _(
                "Whoever adds up and subtracts everything that is shown, units, cuts and pairs at once, still cannot"
                " narrow down what a hidden group of few people said: it stays open by half the scale."
            ),
            "",
            "",
            "surveys.results.disclosure.joint",
        ),
        Formula(
            "few",
            _("Few people"),
            _(
                "Up to %(band)s people a score is told as a range of ten points; from %(detail)s as a number with its"
                " interval; from %(dist)s with the spread of answers. Counts under 20 are told as ranges. Comments"
                " appear in groups of at least %(home)s."
            )
            % told,
            "",
            "",
            "surveys.results.disclosure.score_cell",
        ),
        Formula(
            "edges",
            _("Nobody and everybody"),
            _(
                "No share is told as if fewer than two people were in it or out of it, and scores are kept off both"
                " ends of the scale correspondingly: that all said the same is never told."
            ),
            _("share between 2 ÷ n and (n − 2) ÷ n"),
            "",
            "surveys.results.disclosure.censor_share",
        ),
        Formula(
            "again",
            _("The same question again within %(days)s days") % told,
            _(
                "Two waves must not be subtracted from each other. So a number whose question the same people were"
                " asked less than %(days)s days before is shown from %(least)s people, and how its answers spread from"
                " %(spread)s."
            )
            % told,
            "",
            "",
            "surveys.results.repeats.protect",
        ),
    )
