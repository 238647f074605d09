"""The words of the page where promises between departments are judged; rows as in words.py."""

from __future__ import annotations

from collections.abc import Mapping

PROMISED: Mapping[str, tuple[str, ...]] = {
    "promises": (
        "Was it kept?",
        "È stata mantenuta?",
        "A fost respectată?",
        "兑现了吗？",
        "A-t-elle été tenue ?",
    ),
    "promises_lead": (
        "Colleagues promised something to those you work with. You alone can tell whether it was kept.",
        "Dei colleghi hanno promesso qualcosa a chi lavora con te. Solo voi potete dire se la promessa è stata "
        "mantenuta.",
        "Niște colegi au promis ceva celor cu care lucrezi. Doar voi puteți spune dacă promisiunea a fost respectată.",
        "同事们向您所在的团队作出过承诺。是否兑现，只有你们最清楚。",
        "Des collègues ont promis quelque chose à votre équipe. Vous seuls pouvez dire si la promesse a été tenue.",
    ),
    "promise_asked": (
        "{provider} promised {customer}: “{text}” (by {date}). Was it kept?",
        "{provider} ha promesso a {customer}: «{text}» (entro il {date}). La promessa è stata mantenuta?",
        "{provider} a promis pentru {customer}: „{text}” (până la {date}). A fost respectată promisiunea?",
        "{provider} 向 {customer} 承诺：“{text}”（期限：{date}）。兑现了吗？",
        "{provider} a promis à {customer} : « {text} » (pour le {date}). La promesse a-t-elle été tenue ?",
    ),
    "promise_was_kept": ("Kept", "Mantenuta", "Respectată", "已兑现", "Tenue"),
    "promise_was_partly": ("Partly kept", "Mantenuta in parte", "Respectată parțial", "部分兑现", "Tenue en partie"),
    "promise_was_not": ("Not kept", "Non mantenuta", "Nerespectată", "未兑现", "Non tenue"),
    "promise_verdict": (
        "Whether a promise between departments was kept is told to both of them: only how many said so, from {k} "
        "people on.",
        "Se una promessa tra reparti è stata mantenuta viene detto a entrambi: solo quanti l'hanno detto, da {k} "
        "persone in su.",
        "Dacă o promisiune între departamente a fost respectată li se spune ambelor: doar câți au spus așa, de la {k} "
        "persoane în sus.",
        "部门之间的承诺是否兑现会告知双方：只说明有多少人这样认为，且至少 {k} 人作答。",
        "Si une promesse entre services a été tenue, les deux l'apprennent : seulement combien l'ont dit, à partir de "
        "{k} personnes.",
    ),
}
