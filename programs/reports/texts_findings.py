"""The finding on top of scorecard, board and reports in five languages, chosen by rule (findings.py). Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from programs.reports import findings
from programs.reports.findings import Finding, Point

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
_ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "want": ("want", "volere", "a vrea", "意愿", "vouloir"),
    "know": ("know", "sapere", "a ști", "能力", "savoir"),
    "can": ("can", "potere", "a putea", "条件", "pouvoir"),
    "start_close": (
        "This is the starting point: want, know and can lie close together.",
        "Questo è il punto di partenza: volere, sapere e potere sono vicini tra loro.",
        "Acesta este punctul de plecare: a vrea, a ști și a putea sunt apropiate.",
        "这是起点：意愿、能力和条件三者接近。",
        "C’est le point de départ : vouloir, savoir et pouvoir sont proches.",
    ),
    "start_behind": (
        "This is the starting point. Furthest behind is {d}, at {n}.",
        "Questo è il punto di partenza. Il più indietro è {d}, a {n}.",
        "Acesta este punctul de plecare. Cel mai în urmă este {d}, la {n}.",
        "这是起点。最落后的是{d}，为 {n} 分。",
        "C’est le point de départ. Le plus en retard est {d}, à {n}.",
    ),
    "low_first": (
        "Want, know and can lie close together, and low. The first in the way is {d}.",
        "Volere, sapere e potere sono vicini tra loro, e bassi. Il primo ostacolo è {d}.",
        "A vrea, a ști și a putea sunt apropiate și scăzute. Primul obstacol este {d}.",
        "意愿、能力和条件三者接近且偏低。首先受阻的是{d}。",
        "Vouloir, savoir et pouvoir sont proches, et bas. Le premier obstacle est {d}.",
    ),
    "all_rose": (
        "People want to give good service, know how and can: all three rose since the first wave.",
        "Le persone vogliono, sanno e possono servire bene: tutti e tre sono saliti dalla prima rilevazione.",
        "Oamenii vor, știu și pot să servească bine: toate trei au crescut de la primul val.",
        "员工愿意、懂得并且能够提供优质服务：三项自第一轮以来均有上升。",
        "Les gens veulent, savent et peuvent bien servir : les trois ont progressé depuis la première vague.",
    ),
    "has_fallen": (
        "Want, know and can lie close together, but {d} has fallen since the first wave.",
        "Volere, sapere e potere sono vicini tra loro, ma {d} è sceso dalla prima rilevazione.",
        "A vrea, a ști și a putea sunt apropiate, dar {d} a scăzut de la primul val.",
        "意愿、能力和条件三者接近，但{d}自第一轮以来有所下降。",
        "Vouloir, savoir et pouvoir sont proches, mais {d} a reculé depuis la première vague.",
    ),
    "none_back": (
        "Want, know and can lie close together. None of them holds the others back.",
        "Volere, sapere e potere sono vicini tra loro. Nessuno frena gli altri.",
        "A vrea, a ști și a putea sunt apropiate. Niciuna nu le frânează pe celelalte.",
        "意愿、能力和条件三者接近，没有哪一项拖累其他两项。",
        "Vouloir, savoir et pouvoir sont proches. Aucun ne freine les autres.",
    ),
    "strong_want": (
        "People now know what good service is, and their work lets them give it. What is missing is the wish",
        "Le persone ormai sanno che cos’è un buon servizio e il lavoro permette di darlo. Manca la volontà",
        "Oamenii știu acum ce este un serviciu bun, iar munca le permite să îl ofere. Lipsește dorința",
        "员工现在懂得什么是优质服务，工作条件也允许。缺的是意愿",
        "Les gens savent désormais ce qu’est un bon service, et leur travail le permet. Il manque l’envie",
    ),
    "strong_know": (
        "People want to give good service, and their work lets them. What they lack is knowing how",
        "Le persone vogliono servire bene e il lavoro lo permette. Manca il sapere come",
        "Oamenii vor să servească bine, iar munca le permite. Le lipsește să știe cum",
        "员工愿意提供优质服务，工作条件也允许。缺的是懂得怎么做",
        "Les gens veulent bien servir, et leur travail le permet. Il leur manque le savoir-faire",
    ),
    "strong_can": (
        "People now know what good service is, and want to give it. What holds them back is permission",
        "Le persone ormai sanno che cos’è un buon servizio e vogliono darlo. A frenarle è il permesso",
        "Oamenii știu acum ce este un serviciu bun și vor să îl ofere. Îi oprește lipsa permisiunii",
        "员工现在懂得什么是优质服务，也愿意提供。阻碍他们的是没有被允许",
        "Les gens savent désormais ce qu’est un bon service et veulent le rendre. Ce qui les retient, c’est la permission",
    ),
    "mild_want": (
        "Of the three, the wish to serve lags behind",
        "Dei tre, è indietro la volontà di servire",
        "Dintre cele trei, dorința de a servi rămâne în urmă",
        "三项之中，服务的意愿落后",
        "Des trois, l’envie de servir est en retard",
    ),
    "mild_know": (
        "Of the three, knowing how lags behind",
        "Dei tre, è indietro il sapere come",
        "Dintre cele trei, a ști cum rămâne în urmă",
        "三项之中，懂得怎么做落后",
        "Des trois, le savoir-faire est en retard",
    ),
    "mild_can": (
        "Of the three, being enabled lags behind",
        "Dei tre, è indietro il poterlo fare",
        "Dintre cele trei, a putea rămâne în urmă",
        "三项之中，做事的条件落后",
        "Des trois, le pouvoir d’agir est en retard",
    ),
    "join": ("{a}: {b}.", "{a}: {b}.", "{a}: {b}.", "{a}：{b}。", "{a} : {b}."),
    "rose": (
        "{d} rose by {n} since the last wave",
        "{d} è salito di {n} dall’ultima rilevazione",
        "{d} a crescut cu {n} față de valul trecut",
        "{d}较上一轮上升 {n} 分",
        "{d} a progressé de {n} depuis la dernière vague",
    ),
    "fell": (
        "{d} fell by {n} since the last wave",
        "{d} è sceso di {n} dall’ultima rilevazione",
        "{d} a scăzut cu {n} față de valul trecut",
        "{d}较上一轮下降 {n} 分",
        "{d} a reculé de {n} depuis la dernière vague",
    ),
    "up": (
        "{d} is up by {n} since the first wave",
        "{d} è più alto di {n} rispetto alla prima rilevazione",
        "{d} este mai sus cu {n} față de primul val",
        "{d}较第一轮高 {n} 分",
        "{d} est plus haut de {n} que lors de la première vague",
    ),
    "down": (
        "{d} is down by {n} since the first wave",
        "{d} è più basso di {n} rispetto alla prima rilevazione",
        "{d} este mai jos cu {n} față de primul val",
        "{d}较第一轮低 {n} 分",
        "{d} est plus bas de {n} que lors de la première vague",
    ),
    "still_first": (
        "{d} has not clearly moved since the first wave",
        "{d} non si è mosso in modo netto dalla prima rilevazione",
        "{d} nu s-a schimbat clar de la primul val",
        "{d}自第一轮以来没有明显变化",
        "{d} n’a pas nettement bougé depuis la première vague",
    ),
    "still_last": (
        "{d} has not clearly moved since the last wave",
        "{d} non si è mosso in modo netto dall’ultima rilevazione",
        "{d} nu s-a schimbat clar de la valul trecut",
        "{d}较上一轮没有明显变化",
        "{d} n’a pas nettement bougé depuis la dernière vague",
    ),
    "still_waves": (
        "{d} has not clearly moved for {n} waves",
        "{d} non si è mosso in modo netto da {n} rilevazioni",
        "{d} nu s-a schimbat clar de {n} valuri",
        "{d}已有 {n} 轮没有明显变化",
        "{d} n’a pas nettement bougé depuis {n} vagues",
    ),
    "apart": (
        "{d} cannot be compared with the last wave",
        "{d} non si può confrontare con la rilevazione precedente",
        "{d} nu se poate compara cu valul trecut",
        "{d}无法与上一轮比较",
        "{d} ne peut être comparé à la vague précédente",
    ),
    "few": (
        "too few answered to tell whether {d} moved since the last wave",
        "le risposte sono troppo poche per dire se {d} si è mosso dalla rilevazione precedente",
        "sunt prea puține răspunsuri pentru a spune dacă {d} s-a schimbat față de valul trecut",
        "回答人数太少，无法判断{d}较上一轮是否有变化",
        "trop peu de réponses pour dire si {d} a bougé depuis la vague précédente",
    ),
    # -- of a wave that does not show all three
    "part_none": (
        "This wave did not ask about want, know and can.",
        "Questa rilevazione non ha chiesto di volere, sapere e potere.",
        "Acest val nu a întrebat despre a vrea, a ști și a putea.",
        "本轮未询问意愿、能力和条件。",
        "Cette vague ne portait pas sur vouloir, savoir et pouvoir.",
    ),
    "part_one_asked": (
        "Of want, know and can this wave asked about {d} only: it stands at {n}.",
        "Di volere, sapere e potere questa rilevazione ha chiesto solo {d}: è a {n}.",
        "Dintre a vrea, a ști și a putea, acest val a întrebat doar despre {d}: este la {n}.",
        "意愿、能力和条件三项中，本轮只询问了{d}：{n} 分。",
        "De vouloir, savoir et pouvoir, cette vague ne portait que sur {d} : il est à {n}.",
    ),
    "part_one_hidden": (
        "Of want, know and can only {d} may be shown for this wave: it stands at {n}.",
        "Di volere, sapere e potere per questa rilevazione si può mostrare solo {d}: è a {n}.",
        "Dintre a vrea, a ști și a putea, pentru acest val se poate arăta doar {d}: este la {n}.",
        "意愿、能力和条件三项中，本轮只能显示{d}：{n} 分。",
        "De vouloir, savoir et pouvoir, seul {d} peut être montré pour cette vague : il est à {n}.",
    ),
    "part_asked": (
        "Of want, know and can this wave asked about {one} and {two} only",
        "Di volere, sapere e potere questa rilevazione ha chiesto solo {one} e {two}",
        "Dintre a vrea, a ști și a putea, acest val a întrebat doar despre {one} și {two}",
        "意愿、能力和条件三项中，本轮只询问了{one}和{two}",
        "De vouloir, savoir et pouvoir, cette vague ne portait que sur {one} et {two}",
    ),
    "part_hidden": (
        "Of want, know and can only {one} and {two} may be shown for this wave",
        "Di volere, sapere e potere per questa rilevazione si possono mostrare solo {one} e {two}",
        "Dintre a vrea, a ști și a putea, pentru acest val se pot arăta doar {one} și {two}",
        "意愿、能力和条件三项中，本轮只能显示{one}和{two}",
        "De vouloir, savoir et pouvoir, seuls {one} et {two} peuvent être montrés pour cette vague",
    ),
    "part_behind": (
        "further behind is {d}, at {n}",
        "più indietro è {d}, a {n}",
        "mai în urmă este {d}, la {n}",
        "较落后的是{d}，为 {n} 分",
        "le plus en retard est {d}, à {n}",
    ),
    "part_close": (
        "the two lie close together",
        "i due sono vicini tra loro",
        "cele două sunt apropiate",
        "两者接近",
        "les deux sont proches",
    ),
}
NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
# Stands for the word that is set apart, until the sentence is cut there.
MARK = "\0"


@dataclass(frozen=True)
class Headline:
    """The finding in words, its ``word`` for the ``dimension`` set apart so that it can carry its colour."""

    before: str
    dimension: str = ""
    word: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.word}{self.after}"


def _say(key: str, language: str, **values: object) -> str:
    row = _ROWS[key]
    return row[LANGUAGES.index(language) if language in LANGUAGES else 0].format(**values)


def headline(points: Sequence[Point], language: str, unasked: Collection[str] = ()) -> Headline | None:
    """The sentence for the latest of the released waves, which are in their order; None where it shows nothing."""
    found = findings.headline(points, unasked)
    if found is None:
        return None
    told = _sentence(found, language)
    if MARK not in told:
        return Headline(told)
    before, after = told.split(MARK, 1)
    return Headline(before, found.dimension, _say(found.dimension, language), after)


def _sentence(one: Finding, language: str) -> str:
    if one.moved is not None:
        key, n = one.moved
        told = NUMBERS.get(n, n) if key == "still_waves" and language == "en" else n
        moved = _say(key, language, d=MARK, n=told)
        return _say("join", language, a=_say(one.key, language), b=moved)
    if one.names:
        first, second = (_say(name, language) for name in one.names)
        behind = _say("part_behind" if one.dimension else "part_close", language, d=MARK, n=one.told)
        return _say("join", language, a=_say(one.key, language, one=first, two=second), b=behind)
    return _say(one.key, language, d=MARK, n=one.told)


__all__ = ["LANGUAGES", "Headline", "headline"]
