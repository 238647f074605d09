"""How sure a number is, what changed, and what is hidden: parts of the method page (see method_words.py). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.results.insight import change, reliability
from surveys.results.method_parts import Formula
from surveys.results.repeats import DAYS, TIMES, least_people


def certainty(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
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
            _(
                "Wilson's: it stays between 0 and 100 % also for few people. Of the recommendation (NPS), a difference"
                " of two shares of the same people: from its variance, p + q − (p − q)², divided by the people."
            ),
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
                " %(weak)s is named. Worked out of people who answered all its questions, from %(least)s of them on, in"
                " units and in cuts; in smaller groups it is hidden."
            )
            % {"weak": reliability.WEAK_ITEM, "least": rules["distribution_from"]},
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


def changes(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
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


def privacy(rules: Mapping[str, Any]) -> tuple[Formula, ...]:
    told = {
        "k": rules["k"],
        "band": rules["band_to"],
        "detail": rules["score_detail_from"],
        "dist": rules["distribution_from"],
        "home": rules["comment_home"],
        "days": DAYS,
        "least": least_people(rules),
        "times": TIMES,
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
                "Units, cuts and units by cut are looked at as one system, and so are all pairs of who serves whom with"
                " their totals. Somebody who knows how many answered everywhere, and adds up and subtracts everything"
                " shown in it, still cannot narrow down what a hidden group of fewer than %(k)s people said: its mean"
                " stays open by half the scale (of choices without an order, half of its people stay open). Where"
                " less would stay open, the shown numbers that narrow it are hidden as well, the smallest groups"
                " first."
            )
            % told,
            _("highest − lowest mean that still fits ≥ ½ of the scale"),
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
                " asked less than %(days)s days before is shown from %(least)s people. How its answers spread"
                " (favourable, neutral, unfavourable, the share of each answer) is told from %(times)s times as many,"
                " %(spread)s people: each of these is one more rounding of the same answers, and together they narrow"
                " several times as much as the score alone. In between the score stands alone."
            )
            % told,
            _("score: 25 · (%(k)s − 1) people; spread: %(times)s · 25 · (%(k)s − 1)") % told,
            "",
            "surveys.results.repeats.protect",
        ),
    )
