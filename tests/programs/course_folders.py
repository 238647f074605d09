"""Course folders made by hand for the tests: two languages, two lessons, three questions, a picture."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HEAD = """\
slug = "greeting"
requirements = ["W1"]
pass_mark = 60
languages = ["en", "it"]

[name]
en = "Greeting"
it = "Il saluto"

[summary]
en = "Say hello."
it = "Di' buongiorno."
"""
EN_ONE = """\
+++
title = "Say hello"
minutes = 4
reflect = "Whom did you greet today?"
+++

## Why

A **greeting** opens the door. ![A door](files/door.png)

[The checklist](files/list.pdf)
"""
IT_ONE = """\
+++
title = "Di' buongiorno"
reflect = "Chi hai salutato oggi?"
+++

## Perché

Un **saluto** apre la porta. ![Una porta](files/door.png)

[La lista](files/list.pdf)
"""
EN_TWO = '+++\ntitle = "Use the name"\n+++\n\nA name is music.\n'
IT_TWO = '+++\ntitle = "Usa il nome"\n+++\n\nUn nome è musica.\n'
EN_QUIZ = """\
::q01::What opens the door? {
=A greeting#It says: I see you.
~A form#Nobody was ever welcomed by one.
####Greet first.
}

::q02::How many seconds until you greet? {#10:0}

::q03::Put in order. {>2
Look up
Greet
}
"""
IT_QUIZ = """\
::q01::Che cosa apre la porta? {
=Un saluto#Dice: ti vedo.
~Un modulo#Nessuno si è mai sentito accolto così.
####Prima saluta.
}

::q02::Entro quanti secondi saluti? {#10:0}

::q03::Metti in ordine. {>2
Alza lo sguardo
Saluta
}
"""


def folder(**changed: str | bytes | None) -> dict[str, bytes]:
    """A sound folder with some files changed, or (None) left out: ``folder(**{"en/quiz.gift": "…"})``."""
    files: dict[str, str | bytes | None] = {
        "course.toml": HEAD,
        "en/01-say-hello.md": EN_ONE,
        "en/02-use-the-name.md": EN_TWO,
        "en/quiz.gift": EN_QUIZ,
        "it/01-say-hello.md": IT_ONE,
        "it/02-use-the-name.md": IT_TWO,
        "it/quiz.gift": IT_QUIZ,
        "files/door.png": PNG,
        "files/list.pdf": b"%PDF-1.7 a list",
        **changed,
    }
    return {name: one.encode() if isinstance(one, str) else one for name, one in files.items() if one is not None}


def zipped(files: Mapping[str, bytes], above: str = "greeting/") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{above}{name}", content)
    return out.getvalue()
