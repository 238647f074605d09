"""The words on printed sheets, in the five languages."""

from __future__ import annotations

SHEET: dict[str, dict[str, str]] = {
    "en": {
        "scan": "Scan with your phone, or type the code at",
        "until": "Until {date}",
        "promise": "Nobody here sees what you answer. Results only for groups of {k} and more.",
        "private": "This code is yours alone. Cut out and hand over folded.",
    },
    "it": {
        "scan": "Inquadra con il telefono, o scrivi il codice su",
        "until": "Entro il {date}",
        "promise": "Nessuno vede le tue risposte. Risultati solo per gruppi di almeno {k}.",
        "private": "Questo codice è solo tuo. Ritagliare e consegnare piegato.",
    },
    "ro": {
        "scan": "Scanează cu telefonul sau scrie codul la",
        "until": "Până la {date}",
        "promise": "Nimeni nu vede ce răspunzi. Rezultate doar pentru grupuri de cel puțin {k}.",
        "private": "Acest cod este doar al tău. Se decupează și se înmânează împăturit.",
    },
    "zh-hans": {
        "scan": "用手机扫描，或在此网址输入代码",
        "until": "截止 {date}",
        "promise": "没有人能看到您的回答。结果仅以至少{k}人的群体展示。",
        "private": "此代码仅供您本人使用。请剪下并折叠后交付。",
    },
    "fr": {
        "scan": "Scannez avec votre téléphone, ou tapez le code sur",
        "until": "Jusqu'au {date}",
        "promise": "Personne ne voit vos réponses. Résultats seulement par groupes d'au moins {k}.",
        "private": "Ce code est à vous seul. À découper et à remettre plié.",
    },
}
