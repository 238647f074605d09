"""The sentences about results in five languages; each row is (English, Italian, Romanian, Chinese, French).

They are one table and not gettext's, because mail, files and slides tell them in the reader's language too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.results.insight.change import FELL, FEW, ROSE, SAME, Change
from surveys.results.insight.findings import Finding

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
QUOTES = {"en": "“{}”", "it": "«{}»", "ro": "„{}”", "zh-hans": "“{}”", "fr": "« {} »"}

WORDS: Mapping[str, Sequence[str]] = {
    ROSE: ("rose", "è salito", "a crescut", "上升", "a progressé"),
    FELL: ("fell", "è sceso", "a scăzut", "下降", "a reculé"),
    SAME: (
        "no clear change",
        "nessun cambiamento netto",
        "nicio schimbare clară",
        "没有明显变化",
        "pas de changement net",
    ),
    FEW: (
        "too few to tell",
        "troppo pochi per dirlo",
        "prea puțini pentru a spune",
        "人数太少，无法判断",
        "trop peu pour le dire",
    ),
    "want": ("wanting to serve", "voler servire", "dorința de a servi", "愿意服务", "vouloir servir"),
    "know": ("knowing how", "saper servire", "a ști cum", "懂得服务", "savoir servir"),
    "can": ("being able to", "poter servire", "a putea servi", "能够服务", "pouvoir servir"),
    "served": (
        "the service it gives",
        "il servizio che dà",
        "serviciile pe care le oferă",
        "它提供的服务",
        "le service rendu",
    ),
    "talk": (
        "what people would tell a friend",
        "ciò che si direbbe a un amico",
        "ce ar spune oamenii unui prieten",
        "员工会对朋友说的话",
        "ce qu'on dirait à un ami",
    ),
    "barrier:want": (
        "For {share} % of the people the first thing missing is wanting to.",
        "Al {share} % delle persone manca per prima cosa la volontà.",
        "La {share} % dintre oameni lipsește mai întâi dorința.",
        "{share} % 的人首先缺的是意愿。",
        "À {share} % des gens, c'est d'abord l'envie qui manque.",
    ),
    "barrier:know": (
        "For {share} % of the people the first thing missing is knowing how.",
        "Al {share} % delle persone manca per prima cosa il sapere come.",
        "La {share} % dintre oameni lipsește mai întâi să știe cum.",
        "{share} % 的人首先缺的是知道怎么做。",
        "À {share} % des gens, c'est d'abord le savoir-faire qui manque.",
    ),
    "barrier:can": (
        "For {share} % of the people the first thing missing is being able to: rules, tools, room to decide.",
        "Al {share} % delle persone manca per prima cosa il poterlo fare: regole, strumenti, libertà di decidere.",
        "La {share} % dintre oameni lipsește mai întâi posibilitatea: reguli, mijloace, libertatea de a decide.",
        "{share} % 的人首先缺的是条件：规定、工具、决定的空间。",
        "À {share} % des gens, c'est d'abord le pouvoir d'agir qui manque : règles, outils, marge de décision.",
    ),
    "moved:rose": (
        "The biggest clear change: {about} rose by {delta} points ({low} to {high}).",
        "Il cambiamento netto più grande: {about} +{delta} punti (da {low} a {high}).",
        "Cea mai mare schimbare clară: {about} a crescut cu {delta} puncte (între {low} și {high}).",
        "最大的明显变化：{about} 上升了 {delta} 分（{low} 至 {high}）。",
        "Le plus grand changement net : {about} a progressé de {delta} points (de {low} à {high}).",
    ),
    "moved:fell": (
        "The biggest clear change: {about} fell by {delta} points ({low} to {high}).",
        "Il cambiamento netto più grande: {about} −{delta} punti (da {low} a {high}).",
        "Cea mai mare schimbare clară: {about} a scăzut cu {delta} puncte (între {low} și {high}).",
        "最大的明显变化：{about} 下降了 {delta} 分（{low} 至 {high}）。",
        "Le plus grand changement net : {about} a reculé de {delta} points (de {low} à {high}).",
    ),
    "below": (
        "Colleagues see it less well than it sees itself: {served} of 100 for its service, {own} in its own eyes.",
        "I colleghi lo vedono meno bene di come si vede: {served} su 100 per il servizio, {own} ai propri occhi.",
        "Colegii îl văd mai puțin bine decât se vede el: {served} din 100 pentru servicii, {own} în ochii proprii.",
        "同事的看法不如它自己的看法：服务得 {served} 分（满分 100），自评 {own} 分。",
        "Les collègues le voient moins bien qu'il ne se voit : {served} sur 100 pour son service, {own} à ses yeux.",
    ),
    "above": (
        "Colleagues see it better than it sees itself: {served} of 100 for its service, {own} in its own eyes.",
        "I colleghi lo vedono meglio di come si vede: {served} su 100 per il servizio, {own} ai propri occhi.",
        "Colegii îl văd mai bine decât se vede el: {served} din 100 pentru servicii, {own} în ochii proprii.",
        "同事的看法好于它自己的看法：服务得 {served} 分（满分 100），自评 {own} 分。",
        "Les collègues le voient mieux qu'il ne se voit : {served} sur 100 pour son service, {own} à ses yeux.",
    ),
    "strongest": (
        "Strongest: {about} ({index} of 100).",
        "Punto più forte: {about} ({index} su 100).",
        "Punctul cel mai tare: {about} ({index} din 100).",
        "最强：{about}（100 分中 {index} 分）。",
        "Point le plus fort : {about} ({index} sur 100).",
    ),
    "weakest": (
        "Weakest: {about} ({index} of 100).",
        "Punto più debole: {about} ({index} su 100).",
        "Punctul cel mai slab: {about} ({index} din 100).",
        "最弱：{about}（100 分中 {index} 分）。",
        "Point le plus faible : {about} ({index} sur 100).",
    ),
    "level": (
        "Nothing stands out: the scores lie between {low} and {high} of 100.",
        "Nulla spicca: i punteggi stanno tra {low} e {high} su 100.",
        "Nimic nu iese în evidență: scorurile sunt între {low} și {high} din 100.",
        "没有突出之处：各项得分在 {low} 到 {high} 之间（满分 100）。",
        "Rien ne ressort : les scores se situent entre {low} et {high} sur 100.",
    ),
    "noise_note": (
        "Noise favours the first in line: whoever answers at random falls short in wanting before anything else.",
        "Il caso favorisce il primo della fila: chi risponde a caso risulta carente nel volere prima che in altro.",
        "Întâmplarea îl favorizează pe primul la rând: cine răspunde la nimereală pare mai întâi să nu vrea.",
        "随机误差偏向排在最前的一项：随意作答的人首先会显得“不愿意”。",
        "Le hasard favorise le premier de la file : qui répond au hasard manque d'abord de vouloir.",
    ),
    "Q1": (
        "neither effective nor pleasant",
        "né efficace né cordiale",
        "nici eficient, nici amabil",
        "既无成效也不友善",
        "ni efficace ni agréable",
    ),
    "Q2": (
        "pleasant but not effective",
        "cordiale ma non efficace",
        "amabil, dar ineficient",
        "友善但成效不足",
        "agréable mais pas efficace",
    ),
    "Q3": (
        "effective but not pleasant",
        "efficace ma non cordiale",
        "eficient, dar neamabil",
        "有成效但不友善",
        "efficace mais pas agréable",
    ),
    "Q4": (
        "effective and pleasant",
        "efficace e cordiale",
        "eficient și amabil",
        "既有成效又友善",
        "efficace et agréable",
    ),
    "none": ("none of these", "nessuno di questi", "niciuna dintre acestea", "都不缺", "aucun des trois"),
    "unclassified": (
        "too few answers",
        "troppo poche risposte",
        "prea puține răspunsuri",
        "回答太少",
        "trop peu de réponses",
    ),
    "alpha:good": ("hangs together well", "coerente", "bine închegat", "内部一致性好", "bonne cohérence"),
    "alpha:fair": (
        "hangs together",
        "abbastanza coerente",
        "destul de închegat",
        "内部一致性尚可",
        "cohérence correcte",
    ),
    "alpha:weak": (
        "hangs together loosely: look at its questions one by one",
        "poco coerente: guardare le domande una per una",
        "slab închegat: priviți întrebările una câte una",
        "内部一致性弱：请逐题查看",
        "cohérence faible : regarder les questions une à une",
    ),
    "alpha:contrary": (
        "its questions contradict each other: one may be turned the wrong way",
        "le domande si contraddicono: una potrebbe essere rovesciata",
        "întrebările se contrazic: una poate fi inversată greșit",
        "题目相互矛盾：可能有一题的方向反了",
        "les questions se contredisent : l'une est peut-être inversée",
    ),
    "facet:reliability": ("reliability", "affidabilità", "încredere", "可靠性", "fiabilité"),
    "facet:responsiveness": ("responsiveness", "prontezza", "promptitudine", "响应性", "réactivité"),
    "facet:assurance": ("assurance", "competenza rassicurante", "siguranță", "保证性", "assurance"),
    "facet:empathy": ("empathy", "empatia", "empatie", "同理心", "empathie"),
    "facet:tangibles": ("tangibles", "aspetti tangibili", "elemente tangibile", "有形性", "éléments tangibles"),
    "repair": ("repair first", "da riparare per primo", "de reparat mai întâi", "先补救", "à réparer d'abord"),
    "grow": ("grow after", "da far crescere poi", "de dezvoltat apoi", "再提升", "à développer ensuite"),
    "keep": ("holds", "regge", "rezistă", "保持", "tient"),
}


def pick(key: str, language: str) -> str:
    """The words for ``key`` in ``language`` (en where it is none of the five); a facet of one's own is told as written.

    Raises KeyError for another unknown key.
    """
    if key.startswith("facet:") and key not in WORDS:
        return key.removeprefix("facet:")
    row = WORDS[key]
    code = language.lower()
    base = "zh-hans" if code.startswith("zh") else code.split("-")[0]
    return row[LANGUAGES.index(base) if base in LANGUAGES else 0]


def told_change(one: Change, language: str) -> str:
    """ "rose: +12 (+7 to +17)", or the word alone where no change is clear."""
    word = pick(one.word, language)
    return f"{word}: {one.told}" if one.clear else word


def told(finding: Finding, language: str, texts: Mapping[str, str]) -> str:
    """A finding as a sentence; ``texts``: the questions by code, in that language."""
    keys = {"barrier": f"barrier:{finding.about}", ROSE: "moved:rose", FELL: "moved:fell"}
    key = keys.get(finding.kind, finding.kind)
    values: dict[str, Any] = dict(finding.values)
    if finding.kind in (ROSE, FELL):
        # "fell by 12 (7 to 17)": the verb carries the sign.
        ends = sorted((abs(values["low"]), abs(values["high"])))
        values |= {"delta": abs(values["delta"]), "low": ends[0], "high": ends[1]}
    return pick(key, language).format(about=named(finding.about, language, texts), **values)


def named(key: str, language: str, texts: Mapping[str, str]) -> str:
    """A measure or question as it stands in a sentence."""
    if key in texts and key not in WORDS:
        base = "zh-hans" if language.lower().startswith("zh") else language.lower().split("-")[0]
        return QUOTES.get(base, QUOTES["en"]).format(texts[key].rstrip(".。"))
    return pick(key, language) if key in WORDS else key
