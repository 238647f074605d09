"""Words of a report's section on public benchmarks, in the five languages. Pure."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "h:benchmarks": (
        "Public figures beside ours",
        "Cifre pubbliche accanto alle nostre",
        "Cifre publice alături de ale noastre",
        "公开数据与我们的数据并列",
        "Chiffres publics à côté des nôtres",
    ),
    "bm:lead": (
        "{n} published figures were measured as ours were. They give a rough direction, no verdict.",
        "{n} cifre pubblicate sono state misurate come le nostre. Danno una direzione di massima, nessun giudizio.",
        "{n} cifre publicate au fost măsurate ca ale noastre. Dau o direcție aproximativă, nu un verdict.",
        "有 {n} 项公开数据与我们的测量方式相同，只作大致参考，不作评判。",
        "{n} chiffres publiés ont été mesurés comme les nôtres. Ils donnent une direction, aucun verdict.",
    ),
    "bm:note": (
        "Other people, other words, another time: a difference between a public figure and ours says nothing by itself.",
        "Altre persone, altre parole, un altro momento: una differenza tra una cifra pubblica e la nostra non dice nulla "
        "da sola.",
        "Alți oameni, alte cuvinte, alt moment: o diferență între o cifră publică și a noastră nu spune nimic în sine.",
        "对象、措辞和时间都不同：公开数据与我们数据之间的差异本身并不说明什么。",
        "D’autres personnes, d’autres mots, un autre moment : un écart entre un chiffre public et le nôtre ne dit rien à "
        "lui seul.",
    ),
    "bm:source": (
        "{what}: {source}, {year}. {link}",
        "{what}: {source}, {year}. {link}",
        "{what}: {source}, {year}. {link}",
        "{what}：{source}，{year}。{link}",
        "{what} : {source}, {year}. {link}",
    ),
    "bm:public": ("Public figure", "Cifra pubblica", "Cifră publică", "公开数据", "Chiffre public"),
    "bm:ours": ("Ours", "La nostra", "A noastră", "我们的", "Le nôtre"),
    "bm:what": ("What", "Che cosa", "Ce anume", "内容", "Quoi"),
    "bm:whom": ("Of whom", "Di chi", "Ale cui", "对象", "De qui"),
    "bm:year": ("Year", "Anno", "An", "年份", "Année"),
    "bm:from": ("Source", "Fonte", "Sursă", "来源", "Source"),
    "bm:index": ("index 0–100", "indice 0–100", "indice 0–100", "指数 0–100", "indice 0–100"),
    "bm:favourable": (
        "favourable answers, %", "risposte favorevoli, %", "răspunsuri favorabile, %", "肯定回答，%", "réponses favorables, %",
    ),
    "bm:unfavourable": (
        "unfavourable answers, %", "risposte sfavorevoli, %", "răspunsuri nefavorabile, %", "否定回答，%",
        "réponses défavorables, %",
    ),
    "bm:net": (
        "favourable less unfavourable", "favorevoli meno sfavorevoli", "favorabile minus nefavorabile", "肯定减否定",
        "favorables moins défavorables",
    ),
    "bm:share": ("share, %", "quota, %", "pondere, %", "比例，%", "part, %"),
}  # fmt: skip
