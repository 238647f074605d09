"""The sentence on top of a report in five languages, chosen by the same rules as the scorecard's (findings.py). Pure.

The English words are the scorecard's own; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Sequence

from programs.reports import findings
from programs.reports.findings import BEHIND, DIMENSIONS, GOOD, Point, Score

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
        "People want to give good service, know how and can: all three rose since wave 1.",
        "Le persone vogliono, sanno e possono servire bene: tutti e tre sono saliti dalla rilevazione 1.",
        "Oamenii vor, știu și pot să servească bine: toate trei au crescut de la valul 1.",
        "员工愿意、懂得并且能够提供优质服务：三项自第 1 轮以来均有上升。",
        "Les gens veulent, savent et peuvent bien servir : les trois ont progressé depuis la vague 1.",
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
}


def _say(key: str, language: str, **values: object) -> str:
    row = _ROWS[key]
    return row[LANGUAGES.index(language) if language in LANGUAGES else 0].format(**values)


def headline(points: Sequence[Point], language: str) -> str:
    """The sentence for the released waves in their order, each with want, know and can; "" before the first."""
    if not points:
        return ""
    latest, behind = points[-1], findings.weakest(points[-1])
    if len(points) == 1:
        if behind is None:
            return _say("start_close", language)
        told = latest[behind].told
        return _say("start_behind", language, d=_say(behind, language), n=told)
    if behind is None:
        return _together(latest, language)
    others = [latest[name].index for name in DIMENSIONS if name != behind]
    opening = _say(f"{'strong' if min(others) >= GOOD else 'mild'}_{behind}", language)
    moved = _movement([point[behind] for point in points], _say(behind, language), language)
    return _say("join", language, a=opening, b=moved)


def _together(latest: Point, language: str) -> str:
    if short := findings.first_short(latest):
        return _say("low_first", language, d=_say(short, language))
    changes = {name: latest[name].first for name in DIMENSIONS}
    if all(one is not None and one.rose for one in changes.values()):
        return _say("all_rose", language)
    fell = next((name for name, one in changes.items() if one is not None and one.fell), None)
    return _say("has_fallen", language, d=_say(fell, language)) if fell else _say("none_back", language)


def _movement(scores: Sequence[Score], name: str, language: str) -> str:
    last, whole = scores[-1].last, scores[-1].first
    if last is not None and last.clear:
        return _say("rose" if last.rose else "fell", language, d=name, n=abs(round(last.points)))
    still = findings.standstill(scores)
    if whole is not None and whole.clear and not (3 <= still < len(scores)):
        return _say("up" if whole.rose else "down", language, d=name, n=abs(round(whole.points)))
    if still == len(scores):
        return _say("still_first" if still > 2 else "still_last", language, d=name)
    if still >= 3:
        told = findings.NUMBERS.get(still, str(still)) if language == "en" else str(still)
        return _say("still_waves", language, d=name, n=told)
    return _say("still_last", language, d=name)


__all__ = ["BEHIND", "LANGUAGES", "headline"]
