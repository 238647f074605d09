"""The words of the mails, in the five languages. Short: what, how long, what protects you, one button."""

MAIL: dict[str, dict[str, str]] = {
    "en": {
        "invitation": "How well do we serve each other? Your answer counts",
        "reminder": "A reminder: the survey is still open",
        "hello": "Hello {name},",
        "ask": "we ask how you see service where you work, and how other departments serve you. It takes a few minutes.",
        "until": "The survey closes on {date}.",
        "promise": "Nobody here can see what you answer: results are shown only for groups of at least {k} people.",
        "button": "Answer now",
        "personal": "This link is personal: please do not pass it on.",
        "again": "you have not answered yet, and your view is missing. We ask how you see service where you work, and how other departments serve you.",
        "moved": "The address we write to has changed since this survey opened. If you have answered already, there is nothing left to do.",
        "leave": "You do not want to take part? Say so here, and no reminder follows:",
        "address": "If the button does not work, open this address:",
    },
    "it": {
        "invitation": "Quanto bene ci serviamo tra noi? La tua risposta conta",
        "reminder": "Promemoria: il questionario è ancora aperto",
        "hello": "Buongiorno {name},",
        "ask": "ti chiediamo come vedi il servizio dove lavori e come gli altri reparti ti servono. Bastano pochi minuti.",
        "until": "Il questionario si chiude il {date}.",
        "promise": "Nessuno può vedere le tue risposte: i risultati si mostrano solo per gruppi di almeno {k} persone.",
        "button": "Rispondi ora",
        "personal": "Questo link è personale: per favore non inoltrarlo.",
        "again": "non hai ancora risposto, e il tuo punto di vista ci manca. Ti chiediamo come vedi il servizio dove lavori e come gli altri reparti ti servono.",
        "moved": "L'indirizzo a cui ti scriviamo è cambiato da quando il questionario è stato aperto. Se hai già risposto, non devi fare altro.",
        "leave": "Non vuoi partecipare? Dillo qui e non riceverai promemoria:",
        "address": "Se il pulsante non funziona, apri questo indirizzo:",
    },
    "ro": {
        "invitation": "Cât de bine ne servim unii pe alții? Răspunsul tău contează",
        "reminder": "Memento: chestionarul este încă deschis",
        "hello": "Bună ziua, {name},",
        "ask": "te întrebăm cum vezi serviciile la locul tău de muncă și cum te servesc celelalte departamente. Durează câteva minute.",
        "until": "Chestionarul se închide la {date}.",
        "promise": "Nimeni nu poate vedea ce răspunzi: rezultatele apar doar pentru grupuri de cel puțin {k} persoane.",
        "button": "Răspunde acum",
        "personal": "Acest link este personal: te rugăm să nu îl dai mai departe.",
        "again": "încă nu ai răspuns, iar părerea ta ne lipsește. Te întrebăm cum vezi serviciile la locul tău de muncă și cum te servesc celelalte departamente.",
        "moved": "Adresa la care îți scriem s-a schimbat de când s-a deschis chestionarul. Dacă ai răspuns deja, nu mai ai nimic de făcut.",
        "leave": "Nu dorești să participi? Spune aici și nu vei mai primi mementouri:",
        "address": "Dacă butonul nu funcționează, deschide această adresă:",
    },
    "zh-hans": {
        "invitation": "我们彼此的服务做得如何？您的回答很重要",
        "reminder": "提醒：问卷仍在进行中",
        "hello": "{name}，您好：",
        "ask": "我们想了解您对本部门服务以及其他部门对您服务的看法，只需几分钟。",
        "until": "问卷将于{date}关闭。",
        "promise": "没有人能看到您的回答：结果仅以至少{k}人的群体为单位展示。",
        "button": "现在作答",
        "personal": "此链接仅供您本人使用，请勿转发。",
        "again": "您尚未作答，我们很想听到您的看法：您如何看待本部门的服务，以及其他部门对您的服务。",
        "moved": "自问卷开放以来，我们给您写信的地址有变。如果您已经作答，则无需再做任何事。",
        "leave": "不想参加？请在此说明，之后不会再收到提醒：",
        "address": "如果按钮无法使用，请打开此地址：",
    },
    "fr": {
        "invitation": "Comment nous servons-nous entre nous ? Votre réponse compte",
        "reminder": "Rappel : le questionnaire est encore ouvert",
        "hello": "Bonjour {name},",
        "ask": "nous vous demandons comment vous voyez le service là où vous travaillez, et comment les autres services vous servent. Cela prend quelques minutes.",
        "until": "Le questionnaire ferme le {date}.",
        "promise": "Personne ici ne peut voir vos réponses : les résultats ne portent que sur des groupes d'au moins {k} personnes.",
        "button": "Répondre",
        "personal": "Ce lien est personnel : merci de ne pas le transmettre.",
        "again": "vous n'avez pas encore répondu, et votre avis nous manque. Nous vous demandons comment vous voyez le service là où vous travaillez, et comment les autres services vous servent.",
        "moved": "L'adresse à laquelle nous vous écrivons a changé depuis l'ouverture du questionnaire. Si vous avez déjà répondu, il n'y a plus rien à faire.",
        "leave": "Vous ne souhaitez pas participer ? Dites-le ici, et aucun rappel ne suivra :",
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
