"""The words of receipts in five languages: English, Italian, Romanian, Chinese, French."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.answering.languages import ORDER

RECEIPTS: Mapping[str, tuple[str, ...]] = {
    "receipt": ("Your receipt", "La tua ricevuta", "Dovada ta", "您的回执", "Votre reçu"),
    "receipt_keep": (
        "Keep this code if you like. After {date} you can look on the page below whether your envelope is counted. "
        "It tells nobody what you answered, and nobody may ask you for it.",
        "Conserva questo codice, se vuoi. Dopo il {date} puoi vedere sulla pagina qui sotto se la tua busta è contata. "
        "Non dice a nessuno che cosa hai risposto, e nessuno può chiedertelo.",
        "Păstrează acest cod, dacă vrei. După {date} poți vedea pe pagina de mai jos dacă plicul tău este numărat. "
        "Nu spune nimănui ce ai răspuns și nimeni nu are voie să ți-l ceară.",
        "如有需要，请保存此代码。{date} 之后，您可以在下面的页面查看您的信封是否已计入。"
        "它不会向任何人透露您的回答，任何人都不得向您索取。",
        "Gardez ce code si vous voulez. Après le {date}, vous pourrez voir sur la page ci-dessous si votre enveloppe "
        "est comptée. Il ne dit à personne ce que vous avez répondu, et personne n'a le droit de vous le demander.",
    ),
    "receipt_before": (
        "Write it down before you send: on this tablet it is not shown again.",
        "Annotalo prima di inviare: su questo tablet non si vede più.",
        "Notează-l înainte de a trimite: pe această tabletă nu se mai afișează.",
        "请在提交前记下：此平板上不会再次显示。",
        "Notez-le avant d'envoyer : il ne s'affichera plus sur cette tablette.",
    ),
    "promise_receipt": (
        "After sending you get a receipt code. With it you alone can check that your envelope arrived; it proves "
        "nothing else, and nobody may ask you for it.",
        "Dopo l'invio ricevi un codice. Con esso solo tu puoi verificare che la tua busta è arrivata; non prova altro, "
        "e nessuno può chiedertelo.",
        "După trimitere primești un cod. Cu el doar tu poți verifica dacă plicul a ajuns; nu dovedește nimic altceva "
        "și nimeni nu are voie să ți-l ceară.",
        "提交后您会得到一个回执代码。只有您能用它确认信封已送达；它不证明任何其他内容，任何人都不得向您索取。",
        "Après l'envoi, vous recevez un code. Vous seul pouvez vérifier avec lui que votre enveloppe est arrivée ; il "
        "ne prouve rien d'autre, et personne n'a le droit de vous le demander.",
    ),
    "check_title": (
        "Did your envelope arrive?",
        "La tua busta è arrivata?",
        "A ajuns plicul tău?",
        "您的信封送达了吗？",
        "Votre enveloppe est-elle arrivée ?",
    ),
    "check_lead": (
        "{n} envelopes of “{survey}” carried a receipt. Type your code to see whether yours is among them.",
        "{n} buste di «{survey}» avevano una ricevuta. Scrivi il tuo codice per vedere se c'è anche la tua.",
        "{n} plicuri din „{survey}” au avut o dovadă. Scrie codul tău ca să vezi dacă este și al tău printre ele.",
        "“{survey}”共有 {n} 个信封带有回执。请输入您的代码，查看其中是否有您的。",
        "{n} enveloppes de « {survey} » portaient un reçu. Tapez votre code pour voir si la vôtre en fait partie.",
    ),
    "code": ("Receipt code", "Codice della ricevuta", "Codul dovezii", "回执代码", "Code du reçu"),
    "code_hint": (
        "20 characters, like 7KQ2-M9XD-0ABC-4TRW-8HJN.",
        "20 caratteri, come 7KQ2-M9XD-0ABC-4TRW-8HJN.",
        "20 de caractere, de exemplu 7KQ2-M9XD-0ABC-4TRW-8HJN.",
        "20 个字符，例如 7KQ2-M9XD-0ABC-4TRW-8HJN。",
        "20 caractères, par exemple 7KQ2-M9XD-0ABC-4TRW-8HJN.",
    ),
    "check": ("Check", "Controlla", "Verifică", "查询", "Vérifier"),
    "found": (
        "Yes: the envelope with this code arrived and was counted.",
        "Sì: la busta con questo codice è arrivata ed è stata contata.",
        "Da: plicul cu acest cod a ajuns și a fost numărat.",
        "是的：带有此代码的信封已送达并已计入。",
        "Oui : l'enveloppe qui porte ce code est arrivée et a été comptée.",
    ),
    "not_found": (
        "No envelope of this survey has this code. Check each character, and that it is the code of this survey.",
        "Nessuna busta di questo questionario ha questo codice. Controlla ogni carattere e che il codice sia di questo "
        "questionario.",
        "Niciun plic al acestui chestionar nu are acest cod. Verifică fiecare caracter și dacă este codul acestui "
        "chestionar.",
        "此问卷中没有带此代码的信封。请逐个检查字符，并确认它是此问卷的代码。",
        "Aucune enveloppe de cette enquête n'a ce code. Vérifiez chaque caractère, et que c'est bien le code de cette "
        "enquête.",
    ),
    "short": (
        "A receipt code has 20 letters and digits. Check that none is missing.",
        "Un codice ha 20 lettere e cifre. Controlla che non ne manchi nessuna.",
        "Un cod are 20 de litere și cifre. Verifică să nu lipsească vreuna.",
        "回执代码共有 20 个字母和数字，请检查是否缺少。",
        "Un code a 20 lettres et chiffres. Vérifiez qu'il n'en manque aucun.",
    ),
    "list": (
        "All receipts, as fingerprints in alphabetical order",
        "Tutte le ricevute, come impronte in ordine alfabetico",
        "Toate dovezile, ca amprente în ordine alfabetică",
        "全部回执（按字母顺序排列的指纹）",
        "Tous les reçus, sous forme d'empreintes par ordre alphabétique",
    ),
    "list_note": (
        "A fingerprint leads back to no code, and a code to no answer. Your code's fingerprint is in this list, too.",
        "Da un'impronta non si risale al codice, né dal codice alla risposta. Anche l'impronta del tuo codice è qui.",
        "O amprentă nu duce înapoi la cod, iar un cod la niciun răspuns. Și amprenta codului tău este aici.",
        "指纹无法还原出代码，代码也无法还原出回答。您代码的指纹也在此列表中。",
        "Une empreinte ne mène à aucun code, et un code à aucune réponse. L'empreinte de votre code y figure aussi.",
    ),
    "your_print": (
        "Its fingerprint: {print}",
        "La sua impronta: {print}",
        "Amprenta lui: {print}",
        "其指纹：{print}",
        "Son empreinte : {print}",
    ),
    "not_yet": (
        "The receipts come when the survey is over",
        "Le ricevute arrivano quando il questionario è finito",
        "Dovezile apar când chestionarul s-a încheiat",
        "问卷结束后才会公布回执",
        "Les reçus paraissent quand l'enquête est terminée",
    ),
    "not_yet_note": (
        "It closes on {date}. Come back a day later.",
        "Si chiude il {date}. Torna il giorno dopo.",
        "Se închide pe {date}. Revino a doua zi.",
        "问卷于 {date} 结束，请在次日再来。",
        "Elle se termine le {date}. Revenez le lendemain.",
    ),
    "none": (
        "There are no receipts here",
        "Qui non ci sono ricevute",
        "Aici nu există dovezi",
        "这里没有回执",
        "Il n'y a pas de reçus ici",
    ),
    "none_note": (
        "This survey gave none, or too few people answered: fewer than {n} receipts are never published.",
        "Questo questionario non ne dava, o hanno risposto in troppo pochi: meno di {n} ricevute non si pubblicano.",
        "Acest chestionar nu a dat niciuna sau au răspuns prea puțini: mai puțin de {n} dovezi nu se publică.",
        "此问卷未提供回执，或回答人数太少：少于 {n} 个回执时绝不公布。",
        "Cette enquête n'en donnait pas, ou trop peu de personnes ont répondu : moins de {n} reçus ne sont jamais "
        "publiés.",
    ),
}


def receipt_words(language: str) -> dict[str, str]:
    index = ORDER.index(language) if language in ORDER else 0
    return {key: row[index] for key, row in RECEIPTS.items()}
