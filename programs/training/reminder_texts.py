"""The words of the mails about training, in the five languages. ``{n}``, ``{day}``, ``{name}`` are filled in."""

from __future__ import annotations

MAIL: dict[str, dict[str, str]] = {
    "en": {
        "subject_soon": "{title}: due on {day}",
        "subject_late": "{title}: was due on {day}",
        "subject_renew": "{title}: to be renewed by {day}",
        "subject_team": "Your team: what is due and what is late",
        "hello": "Hello {name},",
        "own": "This is on your way now. What is late can still be done.",
        "team": "This is late or due within a week in your team. A word from you helps more than any mail.",
        "late": "late, was due on {day}",
        "soon": "due on {day}",
        "renew": "valid until {day}: renew it by then",
        "lapsed": "no longer valid since {day}: renew it",
        "more": "and {n} more",
        "button_own": "Open my way",
        "button_team": "Open the team's list",
        "why": "You get this because these are duties at work: at most one mail a day and three a week.",
        "why_team": "You get this once a week, as long as something is late or due in your team.",
        "address": "If the button does not work, open this address:",
    },
    "it": {
        "subject_soon": "{title}: scade il {day}",
        "subject_late": "{title}: è scaduto il {day}",
        "subject_renew": "{title}: da rinnovare entro il {day}",
        "subject_team": "Il tuo gruppo: che cosa scade e che cosa è in ritardo",
        "hello": "Buongiorno {name},",
        "own": "Ecco che cosa ti aspetta ora nel tuo percorso. Anche ciò che è in ritardo si può ancora fare.",
        "team": "Ecco che cosa nel tuo gruppo è in ritardo o scade entro una settimana. Una tua parola aiuta più di "
        "qualsiasi messaggio.",
        "late": "in ritardo, scadeva il {day}",
        "soon": "scade il {day}",
        "renew": "valido fino al {day}: rinnovalo entro quel giorno",
        "lapsed": "non più valido dal {day}: va rinnovato",
        "more": "e altri {n}",
        "button_own": "Apri il mio percorso",
        "button_team": "Apri l'elenco del gruppo",
        "why": "Ricevi questo messaggio perché si tratta di doveri di lavoro: al massimo uno al giorno e tre alla "
        "settimana.",
        "why_team": "Lo ricevi una volta alla settimana, finché nel gruppo c'è qualcosa in ritardo o in scadenza.",
        "address": "Se il pulsante non funziona, apri questo indirizzo:",
    },
    "ro": {
        "subject_soon": "{title}: termen {day}",
        "subject_late": "{title}: termenul a fost {day}",
        "subject_renew": "{title}: de reînnoit până la {day}",
        "subject_team": "Echipa ta: ce are termen și ce a întârziat",
        "hello": "Bună ziua, {name},",
        "own": "Iată ce urmează acum pe parcursul tău. Și ce a întârziat se mai poate face.",
        "team": "Iată ce a întârziat sau are termen într-o săptămână în echipa ta. Un cuvânt de la tine ajută mai mult "
        "decât orice mesaj.",
        "late": "întârziat, termenul a fost {day}",
        "soon": "termen {day}",
        "renew": "valabil până la {day}: reînnoiește până atunci",
        "lapsed": "nu mai este valabil din {day}: trebuie reînnoit",
        "more": "și încă {n}",
        "button_own": "Deschide parcursul meu",
        "button_team": "Deschide lista echipei",
        "why": "Primești acest mesaj pentru că sunt îndatoriri de serviciu: cel mult unul pe zi și trei pe săptămână.",
        "why_team": "Îl primești o dată pe săptămână, cât timp ceva din echipă a întârziat sau are termen.",
        "address": "Dacă butonul nu funcționează, deschide această adresă:",
    },
    "zh-hans": {
        "subject_soon": "{title}：{day}到期",
        "subject_late": "{title}：已于{day}到期",
        "subject_renew": "{title}：请在{day}前更新",
        "subject_team": "您的团队：即将到期和已逾期的事项",
        "hello": "{name}，您好：",
        "own": "以下是您学习之路上目前要做的事。已逾期的仍可完成。",
        "team": "以下是您团队中已逾期或一周内到期的事项。您的一句话胜过任何邮件。",
        "late": "已逾期，原定{day}",
        "soon": "{day}到期",
        "renew": "有效期至{day}，请在此之前更新",
        "lapsed": "自{day}起失效，需要更新",
        "more": "另有{n}项",
        "button_own": "打开我的学习之路",
        "button_team": "打开团队清单",
        "why": "您收到此邮件是因为这些属于工作职责：每天最多一封，每周最多三封。",
        "why_team": "只要团队中有逾期或即将到期的事项，您每周会收到一次此邮件。",
        "address": "如果按钮无法使用，请打开此地址：",
    },
    "fr": {
        "subject_soon": "{title} : à faire avant le {day}",
        "subject_late": "{title} : était à faire avant le {day}",
        "subject_renew": "{title} : à renouveler avant le {day}",
        "subject_team": "Votre équipe : ce qui arrive à échéance et ce qui est en retard",
        "hello": "Bonjour {name},",
        "own": "Voici ce qui vous attend maintenant sur votre parcours. Ce qui est en retard peut encore être fait.",
        "team": "Voici ce qui, dans votre équipe, est en retard ou arrive à échéance dans la semaine. Un mot de votre "
        "part aide plus qu'un message.",
        "late": "en retard, prévu pour le {day}",
        "soon": "à faire avant le {day} inclus",
        "renew": "valable jusqu'au {day} : à renouveler d'ici là",
        "lapsed": "n'est plus valable depuis le {day} : à renouveler",
        "more": "et {n} de plus",
        "button_own": "Ouvrir mon parcours",
        "button_team": "Ouvrir la liste de l'équipe",
        "why": "Vous recevez ce message parce que ce sont des obligations de travail : un par jour et trois par "
        "semaine au plus.",
        "why_team": "Vous le recevez une fois par semaine, tant que quelque chose est en retard ou à faire dans "
        "l'équipe.",
        "address": "Si le bouton ne fonctionne pas, ouvrez cette adresse :",
    },
}


def words(language: str) -> tuple[str, dict[str, str]]:
    """(language code, words): the person's language, its main language, else English."""
    wanted = (language or "").lower()
    for code in (wanted, wanted.split("-")[0], "zh-hans" if wanted.startswith("zh") else ""):
        if code in MAIL:
            return code, MAIL[code]
    return "en", MAIL["en"]
