"""Words of the board view in the five languages: its sentence on top, what needs the board, its report. Pure."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "b:title": ("Board view", "Quadro per la direzione", "Privire pentru conducere", "董事会总览", "Vue de direction"),
    "b:subtitle": (
        "{n} programs", "{n} programmi", "{n} programe", "{n} 个项目", "{n} programmes",
    ),
    "b:subtitle_one": ("1 program", "1 programma", "1 program", "1 个项目", "1 programme"),
    "b:none": (
        "There is no program yet.",
        "Non c’è ancora nessun programma.",
        "Încă nu există niciun program.",
        "目前还没有项目。",
        "Il n’y a pas encore de programme.",
    ),
    "b:one_needs": (
        "The program needs the board. {what}",
        "Il programma ha bisogno della direzione. {what}",
        "Programul are nevoie de conducere. {what}",
        "该项目需要高层关注。{what}",
        "Le programme a besoin de la direction. {what}",
    ),
    "b:one_fine": (
        "Nothing in the program needs the board today.",
        "Oggi nulla del programma richiede la direzione.",
        "Astăzi nimic din program nu cere intervenția conducerii.",
        "目前该项目没有需要高层处理的事项。",
        "Rien dans le programme ne demande la direction aujourd’hui.",
    ),
    "b:need": (
        "Programs that need the board: {n} of {all}. First: {name}. {what}",
        "Programmi che hanno bisogno della direzione: {n} su {all}. Per primo: {name}. {what}",
        "Programe care au nevoie de conducere: {n} din {all}. Mai întâi: {name}. {what}",
        "需要高层关注的项目：{n}/{all}。首先是{name}：{what}",
        "Programmes qui ont besoin de la direction : {n} sur {all}. D’abord : {name}. {what}",
    ),
    "b:fine": (
        "None of the {all} programs needs the board today.",
        "Oggi nessuno dei {all} programmi richiede la direzione.",
        "Astăzi niciunul dintre cele {all} programe nu cere intervenția conducerii.",
        "目前 {all} 个项目均无需高层处理。",
        "Aucun des {all} programmes ne demande la direction aujourd’hui.",
    ),
    "b:over": (
        "Nothing runs: every program has ended.",
        "Nulla è in corso: tutti i programmi sono finiti.",
        "Nimic nu este în desfășurare: toate programele s-au încheiat.",
        "没有进行中的项目：全部已结束。",
        "Rien n’est en cours : tous les programmes sont terminés.",
    ),
    "b:t": ("Every program", "Tutti i programmi", "Toate programele", "全部项目", "Tous les programmes"),
    "b:program": ("Program", "Programma", "Program", "项目", "Programme"),
    "b:effect": ("Effect", "Effetto", "Efect", "成效", "Effet"),
    "b:milestones": ("Milestones", "Traguardi", "Repere", "里程碑", "Jalons"),
    "b:decisions": ("Decisions", "Decisioni", "Decizii", "待决事项", "Décisions"),
    "b:needs": ("Needs the board", "Richiede la direzione", "Cere conducerea", "需要高层处理", "Demande la direction"),
    "b:waits": (
        "What waits for a decision",
        "Che cosa attende una decisione",
        "Ce așteaptă o decizie",
        "待决事项",
        "Ce qui attend une décision",
    ),
    "b:what": ("What", "Che cosa", "Ce anume", "内容", "Quoi"),
    "b:reached": ("{n} of {all}", "{n} su {all}", "{n} din {all}", "{n}/{all}", "{n} sur {all}"),
    "b:reached_late": (
        "{n} of {all}, {late} late",
        "{n} su {all}, {late} in ritardo",
        "{n} din {all}, {late} întârziate",
        "{n}/{all}，逾期 {late}",
        "{n} sur {all}, {late} en retard",
    ),
    "b:ended": ("ended", "finito", "încheiat", "已结束", "terminé"),
    "b:ended_on": ("Ended on {day}.", "Finito il {day}.", "Încheiat la {day}.", "于{day}结束。", "Terminé le {day}."),
    "b:paused": ("paused", "sospeso", "suspendat", "暂停", "suspendu"),
    "b:coming": ("begins on {day}", "inizia il {day}", "începe la {day}", "{day}开始", "commence le {day}"),
    "b:no_wave": (
        "No results yet: its first wave is not released.",
        "Ancora nessun risultato: la prima rilevazione non è pubblicata.",
        "Încă fără rezultate: primul val nu este publicat.",
        "尚无结果：第一轮结果还未发布。",
        "Pas encore de résultats : sa première vague n’est pas publiée.",
    ),
    "b:no_series": (
        "No survey measures it.",
        "Nessun sondaggio lo misura.",
        "Niciun sondaj nu îl măsoară.",
        "没有调查衡量它。",
        "Aucune enquête ne le mesure.",
    ),
    "b:same": (
        "Each word and number is that of the program’s own scorecard; nothing is compared between programs, whose people "
        "and questions differ.",
        "Ogni parola e numero è quello della scheda del programma; nulla si confronta tra programmi, che hanno persone e "
        "domande diverse.",
        "Fiecare cuvânt și cifră este din fișa programului; nimic nu se compară între programe, cu oameni și întrebări "
        "diferite.",
        "每个说法和数字均与该项目自己的记分卡一致；各项目的人员和题目不同，不作相互比较。",
        "Chaque mot et chaque chiffre est celui de la fiche du programme ; rien n’est comparé entre programmes, dont les "
        "personnes et les questions diffèrent.",
    ),
    "b:stand": (
        "{program}: {words}", "{program}: {words}", "{program}: {words}", "{program}：{words}", "{program} : {words}",
    ),
    # -- what needs the board
    "ask:fell": (
        "{what} clearly fell by {n} points since the last wave.",
        "{what} è sceso nettamente di {n} punti dall’ultima rilevazione.",
        "{what} a scăzut clar cu {n} puncte față de valul trecut.",
        "{what}较上一轮明显下降 {n} 分。",
        "{what} a nettement baissé de {n} points depuis la dernière vague.",
    ),
    "ask:worse": (
        "Units that started stand worse than those that have not: {n} points on “{what}”.",
        "Le unità che hanno iniziato stanno peggio delle altre: {n} punti su «{what}».",
        "Unitățile care au început stau mai rău decât celelalte: {n} puncte la „{what}”.",
        "已开始的部门不如尚未开始的部门：“{what}”相差 {n} 分。",
        "Les unités qui ont commencé vont moins bien que les autres : {n} points sur « {what} ».",
    ),
    "ask:late": (
        "Milestones past their day: {n} of {all}.",
        "Traguardi oltre la scadenza: {n} su {all}.",
        "Repere cu termenul depășit: {n} din {all}.",
        "已逾期的里程碑：{n}/{all}。",
        "Jalons au-delà de leur date : {n} sur {all}.",
    ),
    "ask:duty": (
        "Duties the sponsors took on themselves, overdue: {n}.",
        "Impegni presi dagli sponsor e scaduti: {n}.",
        "Obligații asumate de sponsori, depășite: {n}.",
        "发起人自己承诺且已逾期的事项：{n}。",
        "Engagements pris par les sponsors, en retard : {n}.",
    ),
    "ask:paused": (
        "It is paused: somebody must say when it goes on.",
        "È sospeso: qualcuno deve dire quando riprende.",
        "Este suspendat: cineva trebuie să spună când continuă.",
        "项目已暂停：需要有人决定何时继续。",
        "Il est suspendu : quelqu’un doit dire quand il reprend.",
    ),
    "ask:still": (
        "{what} is furthest behind and has not clearly moved for {n} waves.",
        "{what} è il più indietro e non si muove nettamente da {n} rilevazioni.",
        "{what} este cel mai în urmă și nu s-a schimbat clar de {n} valuri.",
        "{what}最为落后，且连续 {n} 轮没有明显变化。",
        "{what} est le plus en retard et n’a pas nettement bougé depuis {n} vagues.",
    ),
    "ask:aimless": (
        "No milestone is set: nobody can say whether it is on its way.",
        "Nessun traguardo è fissato: nessuno può dire se è sulla buona strada.",
        "Niciun reper nu este stabilit: nimeni nu poate spune dacă este pe drumul bun.",
        "没有设定里程碑：无法判断是否按计划推进。",
        "Aucun jalon n’est fixé : nul ne peut dire s’il est en bonne voie.",
    ),
    "ask:unmeasured": (
        "No survey measures it: nobody will know whether it works.",
        "Nessun sondaggio lo misura: nessuno saprà se funziona.",
        "Niciun sondaj nu îl măsoară: nimeni nu va ști dacă funcționează.",
        "没有调查衡量它：无从知道是否有效。",
        "Aucune enquête ne le mesure : nul ne saura s’il fonctionne.",
    ),
}  # fmt: skip
