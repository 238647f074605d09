"""The words of the mail about thanks, in the five languages. ``{n}`` and ``{name}`` are filled in."""

from __future__ import annotations

MAIL: dict[str, dict[str, str]] = {
    "en": {
        "subject_one": "{name} thanked you",
        "subject": "{n} colleagues thanked you",
        "hello": "Hello {name},",
        "ask": "Somebody saw what you did well:",
        "private": "private: you read it on the site",
        "more": "and {n} more",
        "button": "Read it and answer",
        "address": "If the button does not work, open this address:",
        "why": "At most one such mail a day. You can do without them:",
    },
    "it": {
        "subject_one": "{name} ti ringrazia",
        "subject": "{n} colleghi ti ringraziano",
        "hello": "Buongiorno {name},",
        "ask": "Qualcuno ha visto che cosa hai fatto bene:",
        "private": "privato: lo leggi sul sito",
        "more": "e altri {n}",
        "button": "Leggi e rispondi",
        "address": "Se il pulsante non funziona, apri questo indirizzo:",
        "why": "Al massimo un messaggio così al giorno. Puoi farne a meno:",
    },
    "ro": {
        "subject_one": "{name} îți mulțumește",
        "subject": "{n} colegi îți mulțumesc",
        "hello": "Bună ziua, {name},",
        "ask": "Cineva a văzut ce ai făcut bine:",
        "private": "privat: îl citești pe site",
        "more": "și încă {n}",
        "button": "Citește și răspunde",
        "address": "Dacă butonul nu funcționează, deschide această adresă:",
        "why": "Cel mult un astfel de mesaj pe zi. Poți renunța la ele:",
    },
    "zh-hans": {
        "subject_one": "{name}向您致谢",
        "subject": "{n}位同事向您致谢",
        "hello": "{name}，您好：",
        "ask": "有人看到了您做得好的地方：",
        "private": "仅自己可见，请到网站上阅读",
        "more": "另有{n}条",
        "button": "阅读并回复",
        "address": "如果按钮无法使用，请打开此地址：",
        "why": "此类邮件每天最多一封。如不需要，可在此关闭：",
    },
    "fr": {
        "subject_one": "{name} vous remercie",
        "subject": "{n} collègues vous remercient",
        "hello": "Bonjour {name},",
        "ask": "Quelqu'un a vu ce que vous avez bien fait :",
        "private": "privé : à lire sur le site",
        "more": "et {n} de plus",
        "button": "Lire et répondre",
        "address": "Si le bouton ne fonctionne pas, ouvrez cette adresse :",
        "why": "Un message de ce genre par jour au plus. Vous pouvez vous en passer :",
    },
}


def words(language: str) -> tuple[str, dict[str, str]]:
    """(language code, words): the person's language, its main language, else English."""
    wanted = (language or "").lower()
    for code in (wanted, wanted.split("-")[0], "zh-hans" if wanted.startswith("zh") else ""):
        if code in MAIL:
            return code, MAIL[code]
    return "en", MAIL["en"]
