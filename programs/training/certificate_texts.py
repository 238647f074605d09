"""The certificate and the page that verifies it, in the five languages; ``{name}`` … are filled in."""

from __future__ import annotations

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
_ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "certificate": ("Certificate", "Attestato", "Certificat", "结业证书", "Attestation"),
    "that": (
        "This is to certify that",
        "Si attesta che",
        "Se certifică faptul că",
        "兹证明",
        "Il est attesté que",
    ),
    "completed": (
        "has completed the course",
        "ha completato il corso",
        "a finalizat cursul",
        "已完成课程",
        "a suivi avec succès la formation",
    ),
    "on": ("Completed on {day}", "Completato il {day}", "Finalizat la {day}", "完成日期：{day}", "Achevée le {day}"),
    "until": (
        "Valid until {day}",
        "Valido fino al {day}",
        "Valabil până la {day}",
        "有效期至：{day}",
        "Valable jusqu’au {day}",
    ),
    "score": (
        "{score} % of the questions right",
        "{score} % di risposte corrette",
        "{score} % răspunsuri corecte",
        "答对率 {score}%",
        "{score} % de bonnes réponses",
    ),
    "edition": ("Edition {number}", "Edizione {number}", "Ediția {number}", "第 {number} 版", "Édition {number}"),
    "verify": (
        "Whether it holds is told by this address:",
        "La validità si verifica a questo indirizzo:",
        "Valabilitatea se verifică la această adresă:",
        "可在以下网址核验：",
        "Sa validité se vérifie à cette adresse :",
    ),
    "no_link": (
        "The holder has made no public link to verify this certificate.",
        "Il titolare non ha creato un link pubblico per la verifica.",
        "Titularul nu a creat un link public pentru verificare.",
        "持有人未开放公开核验链接。",
        "Le titulaire n’a pas créé de lien public de vérification.",
    ),
    "valid": (
        "This certificate is genuine and valid",
        "Questo attestato è autentico e valido",
        "Acest certificat este autentic și valabil",
        "此证书真实有效",
        "Cette attestation est authentique et valable",
    ),
    "lapsed": (
        "This certificate is genuine, but no longer valid",
        "Questo attestato è autentico, ma non è più valido",
        "Acest certificat este autentic, dar nu mai este valabil",
        "此证书真实，但已过有效期",
        "Cette attestation est authentique, mais n’est plus valable",
    ),
    "revoked": (
        "This certificate was revoked on {day}",
        "Questo attestato è stato revocato il {day}",
        "Acest certificat a fost revocat la {day}",
        "此证书已于 {day} 被撤销",
        "Cette attestation a été révoquée le {day}",
    ),
    "unknown": (
        "There is no certificate at this address",
        "A questo indirizzo non c’è alcun attestato",
        "La această adresă nu există niciun certificat",
        "此网址没有证书",
        "Aucune attestation à cette adresse",
    ),
    "unknown_more": (
        "The link is wrong, or its holder has taken it back. Ask the holder for the present one.",
        "Il link è sbagliato, oppure il titolare lo ha ritirato. Chieda al titolare quello attuale.",
        "Linkul este greșit sau titularul l-a retras. Cereți-i titularului linkul actual.",
        "链接有误，或持有人已将其收回。请向持有人索取当前链接。",
        "Le lien est erroné, ou son titulaire l’a retiré. Demandez-lui le lien actuel.",
    ),
    "too_often": (
        "Too many requests from here. Please try again in a minute.",
        "Troppe richieste da qui. Riprovi tra un minuto.",
        "Prea multe cereri de aici. Încercați din nou peste un minut.",
        "此处请求过多，请一分钟后再试。",
        "Trop de requêtes d’ici. Réessayez dans une minute.",
    ),
    "issued_by": ("Issued by", "Rilasciato da", "Emis de", "颁发机构", "Délivrée par"),
    "holder": ("Holder", "Titolare", "Titular", "持有人", "Titulaire"),
    "course": ("Course", "Corso", "Curs", "课程", "Formation"),
    "day": ("Completed on", "Completato il", "Finalizat la", "完成日期", "Achevée le"),
    "valid_until": ("Valid until", "Valido fino al", "Valabil până la", "有效期至", "Valable jusqu’au"),
    "for_good": ("without end", "senza scadenza", "fără termen", "长期有效", "sans limite"),
    "result": ("Questions right", "Risposte corrette", "Răspunsuri corecte", "答对率", "Bonnes réponses"),
    "allowed": (
        "Shown is only what the holder allows; he can take this page back at any time.",
        "È mostrato solo ciò che il titolare consente; può ritirare questa pagina in ogni momento.",
        "Se arată doar ceea ce permite titularul; el poate retrage oricând această pagină.",
        "此处仅显示持有人允许公开的内容，持有人可随时收回此页。",
        "N’est montré que ce que le titulaire autorise ; il peut retirer cette page à tout moment.",
    ),
    "language": ("Language", "Lingua", "Limba", "语言", "Langue"),
}


def words(language: str) -> dict[str, str]:
    """All words in one language; English for one we do not have."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return {key: row[place] for key, row in _ROWS.items()}
