"""Why a program's effect is no clearer, in the five languages; English as ``effect.words`` says it on the page. Pure."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "why:one_wave": (
        "There is one wave only: a starting point, but nothing to compare it with.",
        "C’è una sola rilevazione: un punto di partenza, ma nulla con cui confrontarlo.",
        "Există un singur val: un punct de plecare, dar nimic cu care să se compare.",
        "只有一轮：有起点，但无可比较。",
        "Il n’y a qu’une vague : un point de départ, mais rien à quoi le comparer.",
    ),
    "why:no_wave": (
        "No wave of its survey has been released and shared with leaders yet.",
        "Nessuna sua rilevazione è stata ancora pubblicata e condivisa con la direzione.",
        "Încă niciun val al sondajului său nu a fost publicat și împărtășit conducerii.",
        "其调查尚无已发布并与领导共享的轮次。",
        "Aucune vague de son enquête n’a encore été publiée et partagée avec la direction.",
    ),
    "why:no_series": (
        "No survey series measures this program.",
        "Nessuna serie di rilevazioni misura questo programma.",
        "Nicio serie de sondaje nu măsoară acest program.",
        "没有调查系列衡量此项目。",
        "Aucune série d’enquêtes ne mesure ce programme.",
    ),
    "why:no_blocks": (
        "No group of a cohort is shown in every wave: too few people answer, or the groups changed too much.",
        "Nessun gruppo di un gruppo di avvio è mostrato in ogni rilevazione: rispondono in troppo pochi, o i gruppi "
        "sono cambiati troppo.",
        "Niciun grup al vreunei cohorte nu apare în fiecare val: răspund prea puțini sau grupurile s-au schimbat "
        "prea mult.",
        "没有任何批次的群体在每一轮都能显示：回答人数太少，或群体变动太大。",
        "Aucun groupe d’une cohorte n’est montré à chaque vague : trop peu répondent, ou les groupes ont trop changé.",
    ),
    "why:one_cohort": (
        "All groups that can be used belong to one cohort: there is nobody to compare with.",
        "Tutti i gruppi utilizzabili appartengono a un solo gruppo di avvio: non c’è nessuno con cui confrontare.",
        "Toate grupurile folosibile țin de o singură cohortă: nu există cu cine să se compare.",
        "可用的群体都属于同一批次：没有可比较的对象。",
        "Tous les groupes utilisables sont d’une seule cohorte : il n’y a personne à qui comparer.",
    ),
    "why:not_started": (
        "No cohort has had a wave after its start yet.",
        "Nessun gruppo di avvio ha ancora avuto una rilevazione dopo la partenza.",
        "Nicio cohortă nu a avut încă un val după început.",
        "尚无批次在开始后经历过一轮。",
        "Aucune cohorte n’a encore eu de vague après son début.",
    ),
    "why:all_at_once": (
        "All cohorts started at once: there is no time in which some had begun and others had not.",
        "Tutti i gruppi di avvio sono partiti insieme: non c’è un periodo in cui alcuni fossero partiti e altri no.",
        "Toate cohortele au început deodată: nu există un timp în care unele să fi început, iar altele nu.",
        "所有批次同时开始：没有一部分已开始、另一部分未开始的时期。",
        "Toutes les cohortes ont commencé à la fois : il n’y a pas de temps où les unes avaient commencé et les "
        "autres non.",
    ),
    "why:no_baseline": (
        "Whoever has begun had begun before the first wave: there is no starting point to measure from.",
        "Chi è partito era partito prima della prima rilevazione: manca un punto di partenza da cui misurare.",
        "Cine a început începuse înainte de primul val: nu există un punct de plecare de la care să se măsoare.",
        "已开始者在第一轮之前就已开始：没有可供衡量的起点。",
        "Ceux qui ont commencé l’avaient fait avant la première vague : il n’y a pas de point de départ d’où mesurer.",
    ),
    "why:rest_before": (
        "Cohorts with a wave before their start began at once, the others before the first: nobody to compare with.",
        "I gruppi di avvio con una rilevazione prima della partenza sono partiti insieme, gli altri prima della "
        "prima: nessuno con cui confrontare.",
        "Cohortele cu un val înainte de început au început deodată, celelalte înaintea primului: nu există cu cine "
        "să se compare.",
        "开始前有一轮的批次同时开始，其他批次在第一轮之前开始：没有可比较的对象。",
        "Les cohortes ayant une vague avant leur début ont commencé ensemble, les autres avant la première : "
        "personne à qui comparer.",
    ),
    "why:few_cohorts": (
        "Too few cohorts: what happens to one whole cohort for other reasons cannot be told apart from the program.",
        "Troppo pochi gruppi di avvio: ciò che accade a uno intero per altre ragioni non si distingue dal programma.",
        "Prea puține cohorte: ce i se întâmplă uneia întregi din alte motive nu se poate deosebi de program.",
        "批次太少：某一批次因其他原因发生的变化无法与项目区分。",
        "Trop peu de cohortes : ce qui arrive à toute une cohorte pour d’autres raisons ne se distingue pas du "
        "programme.",
    ),
    "why:few_waves": (
        "Too few waves to tell chance from change.",
        "Troppo poche rilevazioni per distinguere il caso dal cambiamento.",
        "Prea puține valuri pentru a deosebi întâmplarea de schimbare.",
        "轮次太少，无法区分偶然与变化。",
        "Trop peu de vagues pour distinguer le hasard du changement.",
    ),
    "why:moved_before": (
        "Cohorts that began were already moving differently from the others before they began.",
        "I gruppi di avvio partiti si muovevano diversamente dagli altri già prima di partire.",
        "Cohortele care au început se schimbau altfel decât celelalte încă dinainte de început.",
        "已开始的批次在开始之前的变化就与其他批次不同。",
        "Les cohortes qui ont commencé bougeaient déjà autrement que les autres avant leur début.",
    ),
    "why:drifting": (
        "Half of it could be the going on of a difference that was growing before the start.",
        "Metà potrebbe essere il proseguire di una differenza che cresceva già prima della partenza.",
        "Jumătate ar putea fi continuarea unei diferențe care creștea dinainte de început.",
        "其中一半可能只是开始前已在扩大的差异的延续。",
        "La moitié pourrait être la suite d’une différence qui grandissait avant le début.",
    ),
    "why:rebound": (
        "Half of it could be a return to what was: just before they began cohorts had moved the other way.",
        "Metà potrebbe essere un ritorno a prima: poco prima di partire i gruppi di avvio si erano mossi in senso "
        "opposto.",
        "Jumătate ar putea fi o revenire la ce a fost: chiar înainte de început cohortele se schimbaseră în sens opus.",
        "其中一半可能是回到原状：各批次在开始前不久曾朝相反方向变化。",
        "La moitié pourrait être un retour à ce qui était : juste avant leur début, les cohortes avaient bougé dans "
        "l’autre sens.",
    ),
    "why:wide": (
        "The interval is still wide: the difference could be chance.",
        "L’intervallo è ancora ampio: la differenza potrebbe essere un caso.",
        "Intervalul este încă larg: diferența ar putea fi întâmplătoare.",
        "区间仍然较宽：差异可能出于偶然。",
        "L’intervalle est encore large : la différence pourrait être due au hasard.",
    ),
    "why:lots": (
        "Starts were drawn by lot, and other draws would have shown as much too often by chance alone.",
        "Le partenze sono state estratte a sorte, e altre estrazioni avrebbero mostrato altrettanto troppo spesso "
        "per puro caso.",
        "Începuturile au fost trase la sorți, iar alte trageri ar fi arătat la fel de mult prea des din întâmplare.",
        "开始顺序由抽签决定，而其他抽签结果仅凭偶然也常会显示同样的差异。",
        "Les débuts ont été tirés au sort, et d’autres tirages auraient montré autant trop souvent par simple hasard.",
    ),
    "why:many": (
        "It would be clear alone, but not among all the outcomes looked at.",
        "Da solo sarebbe netto, ma non tra tutti gli esiti considerati.",
        "Singur ar fi clar, dar nu printre toate rezultatele urmărite.",
        "单独看是明确的，但放在所有考察的结果中则不然。",
        "Seul il serait net, mais pas parmi tous les résultats examinés.",
    ),
}
