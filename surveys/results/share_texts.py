"""The mail that says results are there, in the five languages. It holds no number and no finding: these stay inside."""

# ruff: noqa: E501 - sentences of a mail, each whole
from __future__ import annotations

from collections.abc import Mapping

# {series}, {name}, {link}, {date}: the wave's last day; {organisation}.
MAILS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "The results are there: {series}",
        "hello": "Hello {name},",
        "leaders": "the results of the survey “{series}”, closed on {date}, are there for you.",
        "managers": "the results of the survey “{series}”, closed on {date}, are there for the units you lead.",
        "employees": "the results of the survey “{series}”, closed on {date}, are shared with everybody: see what your unit said.",
        "link": "Read them here (you sign in first):",
        "promise": "They are shown for groups of at least {k} people. Nobody can see who answered what.",
    },
    "it": {
        "subject": "I risultati sono pronti: {series}",
        "hello": "Buongiorno {name},",
        "leaders": "i risultati del questionario «{series}», chiuso il {date}, sono a tua disposizione.",
        "managers": "i risultati del questionario «{series}», chiuso il {date}, sono pronti per le unità che guidi.",
        "employees": "i risultati del questionario «{series}», chiuso il {date}, sono condivisi con tutti: guarda che cosa ha detto la tua unità.",
        "link": "Leggili qui (prima si accede):",
        "promise": "Si mostrano solo per gruppi di almeno {k} persone. Nessuno può vedere chi ha risposto che cosa.",
    },
    "ro": {
        "subject": "Rezultatele sunt gata: {series}",
        "hello": "Bună ziua, {name},",
        "leaders": "rezultatele chestionarului „{series}”, închis la {date}, sunt disponibile pentru tine.",
        "managers": "rezultatele chestionarului „{series}”, închis la {date}, sunt disponibile pentru unitățile pe care le conduci.",
        "employees": "rezultatele chestionarului „{series}”, închis la {date}, sunt împărtășite tuturor: vezi ce a spus unitatea ta.",
        "link": "Le citești aici (mai întâi te conectezi):",
        "promise": "Se arată doar pentru grupuri de cel puțin {k} persoane. Nimeni nu poate vedea cine ce a răspuns.",
    },
    "zh-hans": {
        "subject": "结果已公布：{series}",
        "hello": "{name}，您好：",
        "leaders": "调查“{series}”（{date}结束）的结果现在可供您查看。",
        "managers": "调查“{series}”（{date}结束）中您所负责部门的结果现已公布。",
        "employees": "调查“{series}”（{date}结束）的结果现在与所有人共享：看看您的部门说了什么。",
        "link": "请登录后在此查看：",
        "promise": "结果只按至少 {k} 人的群体显示。没有人能看到谁回答了什么。",
    },
    "fr": {
        "subject": "Les résultats sont là : {series}",
        "hello": "Bonjour {name},",
        "leaders": "les résultats de l'enquête « {series} », close le {date}, sont à votre disposition.",
        "managers": "les résultats de l'enquête « {series} », close le {date}, sont là pour les unités que vous dirigez.",
        "employees": "les résultats de l'enquête « {series} », close le {date}, sont partagés avec tous : voyez ce qu'a dit votre unité.",
        "link": "Lisez-les ici (après connexion) :",
        "promise": "Ils ne sont montrés que pour des groupes d'au moins {k} personnes. Personne ne peut voir qui a répondu quoi.",
    },
}
