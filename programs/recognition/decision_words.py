"""What a mail about thanks says of HR's decisions, in the five languages. Never what was reported, why, or by whom."""

from __future__ import annotations

from programs.recognition.post_models import ThanksNotice

Kind = ThanksNotice.Kind

LINES: dict[str, dict[str, str]] = {
    "en": {
        "subject": "HR has looked at something of yours",
        "ask": "HR has decided:",
        "button": "Read the reason",
        Kind.REPORT_HIDDEN: "What you reported is hidden from others now.",
        Kind.REPORT_KEPT: "HR has looked at what you reported and left it as it is.",
        Kind.HIDDEN: "Thanks or news of yours are hidden from others. The reason stands on the site.",
        Kind.SHOWN: "Thanks or news of yours are shown to others again.",
    },
    "it": {
        "subject": "Le risorse umane hanno esaminato qualcosa che ti riguarda",
        "ask": "Le risorse umane hanno deciso:",
        "button": "Leggi il motivo",
        Kind.REPORT_HIDDEN: "Ciò che hai segnalato ora è nascosto agli altri.",
        Kind.REPORT_KEPT: "Le risorse umane hanno esaminato la tua segnalazione e non hanno cambiato nulla.",
        Kind.HIDDEN: "Un ringraziamento o una notizia che ti riguarda è nascosto agli altri. Il motivo è sul sito.",
        Kind.SHOWN: "Un ringraziamento o una notizia che ti riguarda è di nuovo visibile agli altri.",
    },
    "ro": {
        "subject": "Resursele umane au analizat ceva ce te privește",
        "ask": "Resursele umane au decis:",
        "button": "Citește motivul",
        Kind.REPORT_HIDDEN: "Ceea ce ai raportat este acum ascuns pentru ceilalți.",
        Kind.REPORT_KEPT: "Resursele umane au analizat ce ai raportat și nu au schimbat nimic.",
        Kind.HIDDEN: "Mulțumiri sau știri care te privesc sunt ascunse pentru ceilalți. Motivul este pe site.",
        Kind.SHOWN: "Mulțumiri sau știri care te privesc sunt din nou vizibile pentru ceilalți.",
    },
    "zh-hans": {
        "subject": "人力资源部已处理一项与您有关的内容",
        "ask": "人力资源部的决定：",
        "button": "阅读原因",
        Kind.REPORT_HIDDEN: "您举报的内容现已对其他人隐藏。",
        Kind.REPORT_KEPT: "人力资源部已查看您举报的内容，决定保持不变。",
        Kind.HIDDEN: "与您有关的一条致谢或消息已对其他人隐藏，原因请见网站。",
        Kind.SHOWN: "与您有关的一条致谢或消息已重新对其他人显示。",
    },
    "fr": {
        "subject": "Les RH ont examiné quelque chose qui vous concerne",
        "ask": "Les RH ont décidé :",
        "button": "Lire la raison",
        Kind.REPORT_HIDDEN: "Ce que vous avez signalé est désormais masqué pour les autres.",
        Kind.REPORT_KEPT: "Les RH ont examiné ce que vous avez signalé et n'y ont rien changé.",
        Kind.HIDDEN: "Un remerciement ou une nouvelle vous concernant est masqué pour les autres. "
        "La raison se lit sur le site.",
        Kind.SHOWN: "Un remerciement ou une nouvelle vous concernant est de nouveau visible par les autres.",
    },
}


def words(language: str) -> dict[str, str]:
    """``language``: one that the mail about thanks speaks (thanks_words.words)."""
    return LINES.get(language, LINES["en"])
