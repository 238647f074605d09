"""The words of the fixed scales, the lowest value first; a row is (English, Italian, Romanian, Chinese, French)."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
Row = tuple[str, str, str, str, str]

AGREEMENT_5: tuple[Row, ...] = (
    ("Strongly disagree", "Per niente d'accordo", "Dezacord total", "非常不同意", "Pas du tout d'accord"),
    ("Disagree", "In disaccordo", "Dezacord", "不同意", "Pas d'accord"),
    (
        "Neither agree nor disagree",
        "Né d'accordo né in disaccordo",
        "Nici acord, nici dezacord",
        "一般",
        "Ni d'accord ni pas d'accord",
    ),
    ("Agree", "D'accordo", "De acord", "同意", "D'accord"),
    ("Strongly agree", "Pienamente d'accordo", "Total de acord", "非常同意", "Tout à fait d'accord"),
)
AGREEMENT_7: tuple[Row, ...] = (
    AGREEMENT_5[0],
    AGREEMENT_5[1],
    (
        "Somewhat disagree",
        "Piuttosto in disaccordo",
        "Mai degrabă dezacord",
        "有些不同意",
        "Plutôt pas d'accord",
    ),
    AGREEMENT_5[2],
    ("Somewhat agree", "Piuttosto d'accordo", "Mai degrabă de acord", "有些同意", "Plutôt d'accord"),
    AGREEMENT_5[3],
    AGREEMENT_5[4],
)
FREQUENCY: tuple[Row, ...] = (
    ("Never", "Mai", "Niciodată", "从不", "Jamais"),
    ("Rarely", "Raramente", "Rareori", "很少", "Rarement"),
    ("Sometimes", "A volte", "Uneori", "有时", "Parfois"),
    ("Often", "Spesso", "Des", "经常", "Souvent"),
    ("Always", "Sempre", "Întotdeauna", "总是", "Toujours"),
)
SATISFACTION: tuple[Row, ...] = (
    ("Very dissatisfied", "Molto insoddisfatto", "Foarte nemulțumit", "非常不满意", "Très insatisfait"),
    ("Dissatisfied", "Insoddisfatto", "Nemulțumit", "不满意", "Insatisfait"),
    (
        "Neither satisfied nor dissatisfied",
        "Né soddisfatto né insoddisfatto",
        "Nici mulțumit, nici nemulțumit",
        "一般",
        "Ni satisfait ni insatisfait",
    ),
    ("Satisfied", "Soddisfatto", "Mulțumit", "满意", "Satisfait"),
    ("Very satisfied", "Molto soddisfatto", "Foarte mulțumit", "非常满意", "Très satisfait"),
)
EFFORT: tuple[Row, ...] = (
    ("Very difficult", "Molto difficile", "Foarte dificil", "非常困难", "Très difficile"),
    ("Difficult", "Difficile", "Dificil", "困难", "Difficile"),
    ("Somewhat difficult", "Piuttosto difficile", "Mai degrabă dificil", "有些困难", "Plutôt difficile"),
    (
        "Neither easy nor difficult",
        "Né facile né difficile",
        "Nici ușor, nici dificil",
        "一般",
        "Ni facile ni difficile",
    ),
    ("Somewhat easy", "Piuttosto facile", "Mai degrabă ușor", "有些容易", "Plutôt facile"),
    ("Easy", "Facile", "Ușor", "容易", "Facile"),
    ("Very easy", "Molto facile", "Foarte ușor", "非常容易", "Très facile"),
)
OUTCOME: tuple[Row, ...] = (
    ("Something awful", "Qualcosa di pessimo", "Ceva groaznic", "很糟糕的事", "Quelque chose d'affreux"),
    ("Something bad", "Qualcosa di brutto", "Ceva rău", "不好的事", "Quelque chose de mauvais"),
    ("Nothing", "Niente", "Nimic", "什么也不说", "Rien"),
    ("Something good", "Qualcosa di buono", "Ceva bun", "好的事", "Quelque chose de bien"),
    ("Something great", "Qualcosa di splendido", "Ceva minunat", "非常好的事", "Quelque chose de formidable"),
)
LOST_TIME: tuple[Row, ...] = (
    ("None", "Nessuna", "Deloc", "没有", "Aucun"),
    ("Less than 1 hour", "Meno di 1 ora", "Mai puțin de 1 oră", "不到 1 小时", "Moins de 1 heure"),
    ("1 to 3 hours", "Da 1 a 3 ore", "Între 1 și 3 ore", "1 至 3 小时", "De 1 à 3 heures"),
    ("3 to 8 hours", "Da 3 a 8 ore", "Între 3 și 8 ore", "3 至 8 小时", "De 3 à 8 heures"),
    ("8 to 16 hours", "Da 8 a 16 ore", "Între 8 și 16 ore", "8 至 16 小时", "De 8 à 16 heures"),
    ("More than 16 hours", "Più di 16 ore", "Mai mult de 16 ore", "超过 16 小时", "Plus de 16 heures"),
)
YES_NO: tuple[Row, ...] = (
    ("No", "No", "Nu", "否", "Non"),
    ("Yes", "Sì", "Da", "是", "Oui"),
)
RECOMMENDATION_ENDS: tuple[Row, Row] = (
    ("Not at all likely", "Per niente probabile", "Deloc probabil", "完全不可能", "Pas du tout probable"),
    ("Extremely likely", "Molto probabile", "Foarte probabil", "非常可能", "Tout à fait probable"),
)
EXPECTED: Row = ("I expect", "Mi aspetto", "Mă aștept", "我期望", "J'attends")
PERCEIVED: Row = ("I experience", "Ricevo", "Primesc", "我感受到", "Je constate")
NONE_OF_THESE: Row = (
    "None of these",
    "Nessuna di queste",
    "Niciuna dintre acestea",
    "以上都不是",
    "Aucun de ces choix",
)


def in_language(row: Row, language: str) -> str:
    """``row`` in ``language``, in English where we do not speak it."""
    return row[LANGUAGES.index(language) if language in LANGUAGES else 0]


def as_texts(row: Row) -> Mapping[str, str]:
    """``row`` as ``{language: text}``."""
    return dict(zip(LANGUAGES, row, strict=True))
