"""Before the program: the charter everybody can read, and how ready the sponsors thought the organisation was."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from config.demo.organisation import Personas
from culture.framework import charter, readiness
from culture.framework.charter import StandardInput
from culture.framework.charter_models import CharterAcknowledgement
from culture.people.models import Employee

READ = 0.72
# Language → mission, philosophy, strategy, then the standards' text and measure.
TEXTS = {
    "en": (
        "We make everyday things easy to get, and every person who asks us for something leaves helped.",
        "A customer is whoever needs our work: at the counter, on the phone, at the next desk. We blame no one and "
        "promise only what we keep.",
        "Three years, three groups of units that start one after the other. First inform, then change attitudes, then "
        "practise behaviour, until it is simply how we work.",
        ("Calls are answered before they ring a fourth time", "Seconds until somebody answers"),
        ("A colleague's request gets an answer the same day", "Working hours until the first answer"),
        ("What we promise a customer, we keep", "Promises kept, of those made"),
    ),
    "it": (
        "Rendiamo facili da trovare le cose di ogni giorno, e chi ci chiede qualcosa se ne va aiutato.",
        "È cliente chiunque abbia bisogno del nostro lavoro: al banco, al telefono, alla scrivania accanto. Non diamo "
        "colpe e promettiamo solo ciò che manteniamo.",
        "Tre anni, tre gruppi di unità che partono uno dopo l'altro. Prima informare, poi cambiare gli atteggiamenti, "
        "poi esercitare i comportamenti, finché sarà semplicemente il nostro modo di lavorare.",
        ("Rispondiamo al telefono prima del quarto squillo", "Secondi fino alla risposta"),
        ("La richiesta di un collega riceve risposta in giornata", "Ore lavorative fino alla prima risposta"),
        ("Ciò che promettiamo a un cliente, lo manteniamo", "Promesse mantenute, su quelle fatte"),
    ),
}
STANDARDS = (
    ("at_most", Decimal(10), "seconds"),
    ("at_most", Decimal(8), "hours"),
    ("at_least", Decimal(95), "percent"),
)
EVIDENCE = {
    0: "Nothing has been done about this yet.",
    1: "Talked about twice in the management meeting; nothing is decided.",
    2: "Decided and begun in Region South; the other units wait.",
    3: "In place in most units; checked in the last quarterly review.",
    4: "In place everywhere and reviewed every quarter.",
}
# (months after the first wave, {condition: (executive, HR)}); what is not named is 2 at first and 3 later.
JUDGED: tuple[tuple[int, int, dict[str, tuple[int, int]]], ...] = (
    (-1, 2, {"S1": (3, 3), "S4": (3, 2), "S6": (3, 3), "S9": (2, 2), "H1": (1, 2), "H4": (1, 1)}),
    (12, 3, {"S1": (4, 3), "S3": (3, 2), "S8": (3, 2), "S9": (3, 3), "S10": (2, 2), "H1": (2, 2), "H2": (2, 3)}),
)


def publish_charter(people: Personas, rng: random.Random, on: dt.date) -> None:
    """One version in two languages, in force from ``on``, read by most."""
    version = charter.draft(by=people.hr)
    keys: list = [None] * len(STANDARDS)
    for language, (mission, philosophy, strategy, *standards) in TEXTS.items():
        given = [
            StandardInput(key, text, measure, direction, target, unit)
            for key, (text, measure), (direction, target, unit) in zip(keys, standards, STANDARDS, strict=True)
        ]
        texts = {"mission": mission, "philosophy": philosophy, "strategy": strategy}
        version = charter.save_draft(
            by=people.hr, revision=version.revision, language=language, texts=texts, standards=given
        )
        keys = [standard.key for standard in version.standards.order_by("position")]
    version = charter.publish(by=people.hr, revision=version.revision, effective_on=on, today=on)
    # As rows: six hundred times the button would write six hundred lines into the audit trail of today.
    others = Employee.objects.exclude(pk=people.employee.pk).order_by("pk")
    CharterAcknowledgement.objects.bulk_create(
        CharterAcknowledgement(version=version, employee=person) for person in others if rng.random() < READ
    )


def judge_readiness(people: Personas, first: dt.date, today: dt.date) -> None:
    """The assessments whose day has come: before the program, and a year into it."""
    for months, usual, levels in JUDGED:
        on = first + relativedelta(months=months)
        if on > today:
            return
        assessment = readiness.open(by=people.hr, on=on, sponsors=[people.executive, people.hr], today=on)
        for place, sponsor in enumerate((people.executive, people.hr)):
            codes = [f"S{n}" for n in range(1, 11)] + [f"H{n}" for n in range(1, 5)]
            chosen = {code: levels.get(code, (usual, usual))[place] for code in codes}
            judgments = {code: (level, EVIDENCE[level]) for code, level in chosen.items()}
            readiness.hand_in(by=sponsor, assessment=assessment, judgments=judgments)
        readiness.close(by=people.hr, assessment=assessment)
