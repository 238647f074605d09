"""The words of the question whose service was used, and of comments about a department; rows as in words.py."""

from __future__ import annotations

from collections.abc import Mapping

SERVICES: Mapping[str, tuple[str, ...]] = {
    "services": (
        "Whose service did you use?",
        "Di quali servizi ti sei avvalso?",
        "De serviciile cui ai avut nevoie?",
        "您用过哪些部门的服务？",
        "De quels services vous êtes-vous servi ?",
    ),
    "services_lead": (
        "Think of the last three months. You are asked only about those you tick.",
        "Pensa agli ultimi tre mesi. Ti chiederemo solo di quelli che spunti.",
        "Gândește-te la ultimele trei luni. Te întrebăm doar despre cele bifate.",
        "请回想最近三个月。只会就您勾选的部门提问。",
        "Pensez aux trois derniers mois. On ne vous interroge que sur ceux que vous cochez.",
    ),
    "services_legend": (
        "I used the service of",
        "Mi sono avvalso di",
        "M-am folosit de serviciile",
        "我用过以下部门的服务",
        "J'ai fait appel à",
    ),
    "services_short": (
        "Services you used",
        "Servizi che hai usato",
        "Servicii folosite",
        "您用过的服务",
        "Services utilisés",
    ),
    "services_none_used": ("none of these", "nessuno di questi", "niciunul dintre acestea", "都没有", "aucun d'eux"),
    "services_more": (
        "Another one is missing?",
        "Ne manca un altro?",
        "Lipsește altul?",
        "还缺其他部门？",
        "Il en manque un autre ?",
    ),
    "services_choose": (
        "Choose a department …",
        "Scegli un reparto …",
        "Alege un departament …",
        "请选择部门……",
        "Choisissez un service …",
    ),
    "services_add": ("Add", "Aggiungi", "Adaugă", "添加", "Ajouter"),
    "services_most": (
        "At most {n} in all.",
        "Al massimo {n} in tutto.",
        "Cel mult {n} în total.",
        "总共最多 {n} 个。",
        "{n} au plus en tout.",
    ),
    "too_many_services": (
        "That makes more than {most}. Untick one first, then add the other.",
        "Sarebbero più di {most}. Togline prima uno, poi aggiungi l'altro.",
        "Ar fi mai mult de {most}. Debifează întâi unul, apoi adaugă-l pe celălalt.",
        "总数超过 {most} 个。请先取消一个，再添加另一个。",
        "Cela ferait plus de {most}. Décochez-en d'abord un, puis ajoutez l'autre.",
    ),
    "used_or_none": (
        "“None of these” stands alone: choose it, or the departments whose service you used.",
        "«Nessuna di queste» sta da sola: scegli questa oppure i reparti di cui ti sei avvalso.",
        "„Niciuna dintre acestea” stă singură: alege-o pe ea sau departamentele de care te-ai folosit.",
        "“以上都不是”只能单独选择：请选择它，或选择您用过其服务的部门。",
        "« Aucun de ces choix » va seul : choisissez-le, ou les services auxquels vous avez fait appel.",
    ),
    "about_help": (
        "At most {n} characters. This department reads it as you write it, without your name or unit. Name nobody.",
        "Al massimo {n} caratteri. Questo reparto lo legge come lo scrivi, senza il tuo nome né il tuo reparto. "
        "Non nominare nessuno.",
        "Cel mult {n} caractere. Acest departament îl citește așa cum îl scrii, fără numele sau unitatea ta. "
        "Nu numi pe nimeni.",
        "最多 {n} 个字符。该部门会看到原文，但不知道您的姓名和部门。请不要提到任何人的名字。",
        "{n} caractères au plus. Ce service le lit tel quel, sans votre nom ni votre unité. Ne nommez personne.",
    ),
    "promise_about": (
        "A comment about a department stands with that department's results only, for whoever may see these, without "
        "your name and without your unit, and only if at least {home} people rated it.",
        "Un commento su un reparto compare solo nei risultati di quel reparto, per chi può vederli, senza il tuo nome "
        "e senza la tua unità, e solo se almeno {home} persone lo hanno valutato.",
        "Un comentariu despre un departament apare numai la rezultatele acelui departament, pentru cine le poate "
        "vedea, fără numele și unitatea ta, și numai dacă l-au evaluat cel puțin {home} persoane.",
        "对某部门的留言只出现在该部门的结果中，只有可以查看这些结果的人能看到，不带您的姓名和所属部门，"
        "且至少 {home} 人评价过该部门时才会显示。",
        "Un commentaire sur un service n'apparaît qu'avec les résultats de ce service, pour qui peut les voir, sans "
        "votre nom ni votre unité, et seulement si au moins {home} personnes l'ont évalué.",
    ),
    "promise_who": (
        "What is shown are results of groups: to the managers of that group, to those above them, and to HR.",
        "Si mostrano solo risultati di gruppi: ai responsabili di quel gruppo, a chi sta sopra di loro e alle "
        "risorse umane.",
        "Se arată doar rezultatele unor grupuri: managerilor acelui grup, celor de deasupra lor și resurselor umane.",
        "显示的只是群体结果：该群体的负责人、其上级以及人力资源部可以看到。",
        "On ne montre que des résultats de groupes : aux responsables de ce groupe, à ceux au-dessus d'eux et aux RH.",
    ),
    "promise_shared": (
        "HR may also show a group's results to the people of that group themselves, and those of the whole "
        "organisation to everybody.",
        "Le risorse umane possono mostrare i risultati di un gruppo anche alle persone di quel gruppo, e quelli "
        "dell'intera organizzazione a tutti.",
        "Resursele umane pot arăta rezultatele unui grup și oamenilor din acel grup, iar pe cele ale întregii "
        "organizații, tuturor.",
        "人力资源部也可以把某个群体的结果公布给该群体的成员，把整个组织的结果公布给所有人。",
        "Les RH peuvent aussi montrer les résultats d'un groupe aux personnes de ce groupe, et ceux de toute "
        "l'organisation à tout le monde.",
    ),
    "promise_rough": (
        "Up to {band_to} answers, only a rough score is shown. How answers are spread is shown from {spread_from} on.",
        "Fino a {band_to} risposte si mostra solo un punteggio approssimativo. Come si distribuiscono le risposte si "
        "vede da {spread_from} in su.",
        "Până la {band_to} răspunsuri se arată doar un scor aproximativ. Repartizarea răspunsurilor se arată de la "
        "{spread_from} în sus.",
        "回答不超过 {band_to} 份时，只显示大致分数；达到 {spread_from} 份才会显示回答的分布。",
        "Jusqu'à {band_to} réponses, seul un score approximatif est montré. Leur répartition ne l'est qu'à partir de "
        "{spread_from}.",
    ),
    "last_time": (
        "After the last survey ({month}), the results came out on {date}. About {share} % of those asked took part.",
        "Dopo l'ultima indagine ({month}) i risultati sono usciti il {date}. Ha partecipato circa il {share} % degli "
        "interpellati.",
        "După ultimul sondaj ({month}), rezultatele au apărut la {date}. Au participat circa {share} % dintre cei "
        "întrebați.",
        "上次调查（{month}）的结果已于 {date} 公布，约 {share}% 的受邀者参加了调查。",
        "Après la dernière enquête ({month}), les résultats sont parus le {date}. Environ {share} % des personnes "
        "interrogées ont participé.",
    ),
    "done_here": (
        "done in your unit",
        "fatto nella tua unità",
        "făcut în unitatea ta",
        "已在您的部门完成",
        "fait dans votre unité",
    ),
    "promise_kept": (
        "{unit} says this promise is kept",
        "{unit} dice di aver mantenuto questa promessa",
        "{unit} spune că a respectat această promisiune",
        "{unit} 表示已兑现此承诺",
        "{unit} dit avoir tenu cette promesse",
    ),
    "last_time_title": ("Last time", "La volta scorsa", "Data trecută", "上一次", "La dernière fois"),
    "services_find": (
        "Search by name",
        "Cerca per nome",
        "Caută după nume",
        "按名称搜索",
        "Chercher par nom",
    ),
    "services_search": ("Search", "Cerca", "Caută", "搜索", "Chercher"),
    "services_found": (
        "Found: {n}. Choose it in the list, then add it.",
        "Trovati: {n}. Scegli nell'elenco, poi aggiungi.",
        "Găsite: {n}. Alege din listă, apoi adaugă.",
        "找到 {n} 个。请在列表中选择，然后添加。",
        "Trouvés : {n}. Choisissez dans la liste, puis ajoutez.",
    ),
    "services_nowhere": (
        "No department is called that. Try a shorter part of its name.",
        "Nessun reparto si chiama così. Prova con una parte più breve del nome.",
        "Niciun departament nu se numește așa. Încearcă o parte mai scurtă din nume.",
        "没有这个名称的部门。请输入更短的名称片段。",
        "Aucun service ne porte ce nom. Essayez une partie plus courte.",
    ),
}
