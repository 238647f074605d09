"""The words of the mails about awards and of the certificate, in the five languages. ``{award}`` … are filled in."""

from __future__ import annotations

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
_ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "hello": ("Hello {name},", "Buongiorno {name},", "Bună ziua, {name},", "{name}，您好：", "Bonjour {name},"),
    "jury_subject": (
        "{award}: your vote is asked for",
        "{award}: è richiesto il tuo voto",
        "{award}: este așteptat votul tău",
        "{award}：请您投票",
        "{award} : votre vote est attendu",
    ),
    "jury": (
        "The shortlist for “{award}” is ready. You are in the jury: please read the evidence and give each candidate "
        "1 to 5. It is decided by {day}.",
        "La rosa dei candidati per «{award}» è pronta. Fai parte della giuria: leggi le motivazioni e dai a ciascun "
        "candidato da 1 a 5. Si decide entro il {day}.",
        "Lista scurtă pentru „{award}” este gata. Faci parte din juriu: citește motivările și acordă fiecărui candidat "
        "de la 1 la 5. Se decide până la {day}.",
        "“{award}”的候选名单已确定。您是评委：请阅读事迹，为每位候选人打 1 至 5 分。{day}前作出决定。",
        "La liste restreinte pour « {award} » est prête. Vous êtes membre du jury : lisez les motifs et donnez à chacun "
        "de 1 à 5. La décision tombe au plus tard le {day}.",
    ),
    "jury_last_subject": (
        "{award}: the vote ends on {day}",
        "{award}: si vota fino al {day}",
        "{award}: votul se încheie la {day}",
        "{award}：投票将于{day}结束",
        "{award} : le vote se termine le {day}",
    ),
    "jury_last": (
        "Candidates for “{award}” still wait for your vote. After {day} the round ends without a decision.",
        "Alcuni candidati per «{award}» aspettano ancora il tuo voto. Dopo il {day} l’edizione finisce senza decisione.",
        "Candidați pentru „{award}” încă așteaptă votul tău. După {day} runda se încheie fără decizie.",
        "“{award}”仍有候选人等待您投票。{day}之后本轮将不作决定而结束。",
        "Des candidats pour « {award} » attendent encore votre vote. Après le {day}, le tour s’achève sans décision.",
    ),
    "decide_subject": (
        "{award}: somebody of your team was nominated",
        "{award}: una persona del tuo gruppo è stata proposta",
        "{award}: cineva din echipa ta a fost propus",
        "{award}：您的团队有人获得提名",
        "{award} : une personne de votre équipe a été proposée",
    ),
    "decide": (
        "{nominee} was nominated for “{award}”. You decide, by {day}: approve, or decline with a reason.",
        "{nominee} è tra i proposti per «{award}». Decidi tu, entro il {day}: approva oppure rifiuta con un motivo.",
        "{nominee} a fost propus pentru „{award}”. Tu decizi, până la {day}: aprobi sau refuzi cu un motiv.",
        "{nominee}获得“{award}”提名。请您在{day}前决定：批准，或说明理由后拒绝。",
        "{nominee} est proposé pour « {award} ». Vous décidez, au plus tard le {day} : approuver, ou refuser avec un "
        "motif.",
    ),
    "won_subject": (
        "You won: {award}",
        "Hai vinto: {award}",
        "Ai câștigat: {award}",
        "您获得了{award}",
        "Vous avez gagné : {award}",
    ),
    "won": (
        "Congratulations! “{award}” goes to {nominee}. Your certificate is waiting for you.",
        "Congratulazioni! «{award}» va a {nominee}. Il tuo attestato ti aspetta.",
        "Felicitări! „{award}” merge la {nominee}. Diploma ta te așteaptă.",
        "恭喜！“{award}”授予{nominee}。您的证书已准备好。",
        "Félicitations ! « {award} » revient à {nominee}. Votre attestation vous attend.",
    ),
    "points": (
        "{n} points are yours to spend",
        "{n} punti sono tuoi da spendere",
        "{n} puncte sunt ale tale",
        "您获得 {n} 积分",
        "{n} points sont à vous",
    ),
    "nom_won_subject": (
        "{nominee} won: {award}",
        "{nominee} ha vinto: {award}",
        "{nominee} a câștigat: {award}",
        "{nominee}获得了{award}",
        "{nominee} a gagné : {award}",
    ),
    "nom_won": (
        "You nominated {nominee} for “{award}”, and it was decided: the award is theirs. Thank you for telling.",
        "Hai proposto {nominee} per «{award}» ed è deciso: il premio va a {nominee}. Grazie per averlo segnalato.",
        "Ai propus {nominee} pentru „{award}” și s-a hotărât: premiul merge la {nominee}. Mulțumim că ai spus.",
        "您为“{award}”提名的{nominee}已获奖。感谢您的提名。",
        "Vous avez proposé {nominee} pour « {award} », et c’est décidé : le prix lui revient. Merci de l’avoir signalé.",
    ),
    "declined_subject": (
        "{award}: {nominee} was not chosen this time",
        "{award}: {nominee} non è tra i premiati questa volta",
        "{award}: {nominee} nu a fost ales de data aceasta",
        "{award}：{nominee}本次未入选",
        "{award} : {nominee} n’a pas été retenu cette fois",
    ),
    "declined": (
        "You nominated {nominee} for “{award}”. This time others were chosen. The reason:",
        "Hai proposto {nominee} per «{award}». Questa volta sono stati scelti altri. Il motivo:",
        "Ai propus {nominee} pentru „{award}”. De data aceasta au fost aleși alții. Motivul:",
        "您曾为“{award}”提名{nominee}。这一次选出了其他人。理由：",
        "Vous avez proposé {nominee} pour « {award} ». Cette fois, d’autres ont été choisis. Le motif :",
    ),
    "expired_subject": (
        "{award}: ended without a decision",
        "{award}: terminato senza decisione",
        "{award}: încheiat fără decizie",
        "{award}：未作决定即结束",
        "{award} : terminé sans décision",
    ),
    "expired": (
        "You nominated {nominee} for “{award}”. Nobody decided by {day}, so the round is over. You can nominate again in "
        "the next one.",
        "Hai proposto {nominee} per «{award}». Nessuno ha deciso entro il {day}, quindi l’edizione è finita. "
        "Potrai proporre di nuovo nella prossima.",
        "Ai propus {nominee} pentru „{award}”. Nimeni nu a decis până la {day}, deci runda s-a încheiat. Poți propune "
        "din nou în următoarea.",
        "您曾为“{award}”提名{nominee}。截至{day}无人作出决定，本轮已结束。您可在下一轮再次提名。",
        "Vous avez proposé {nominee} pour « {award} ». Personne n’a décidé avant le {day} inclus : le tour est terminé. "
        "Vous pourrez proposer à nouveau au prochain.",
    ),
    "cancelled_subject": (
        "{award}: this round was called off",
        "{award}: questa edizione è stata annullata",
        "{award}: această rundă a fost anulată",
        "{award}：本轮已取消",
        "{award} : ce tour est annulé",
    ),
    "cancelled": (
        "You nominated {nominee} for “{award}”. The round was called off. The reason:",
        "Hai proposto {nominee} per «{award}». L’edizione è stata annullata. Il motivo:",
        "Ai propus {nominee} pentru „{award}”. Runda a fost anulată. Motivul:",
        "您曾为“{award}”提名{nominee}。本轮已取消。理由：",
        "Vous avez proposé {nominee} pour « {award} ». Le tour est annulé. Le motif :",
    ),
    "button_jury": ("Read and vote", "Leggi e vota", "Citește și votează", "阅读并投票", "Lire et voter"),
    "button_decide": ("Read and decide", "Leggi e decidi", "Citește și decide", "阅读并决定", "Lire et décider"),
    "button_mine": ("Open my awards", "Apri i miei premi", "Deschide premiile mele", "打开我的奖项", "Ouvrir mes prix"),
    "why_judge": (
        "You get this because you judge this award.",
        "Ricevi questo messaggio perché giudichi questo premio.",
        "Primești acest mesaj pentru că judeci acest premiu.",
        "您收到此邮件是因为您参与该奖项的评审。",
        "Vous recevez ce message parce que vous jugez ce prix.",
    ),
    "why_nominator": (
        "You get this because you nominated somebody.",
        "Ricevi questo messaggio perché hai proposto qualcuno.",
        "Primești acest mesaj pentru că ai propus pe cineva.",
        "您收到此邮件是因为您提名了他人。",
        "Vous recevez ce message parce que vous avez proposé quelqu’un.",
    ),
    "why_winner": (
        "You get this because you won an award.",
        "Ricevi questo messaggio perché hai vinto un premio.",
        "Primești acest mesaj pentru că ai câștigat un premiu.",
        "您收到此邮件是因为您获得了奖项。",
        "Vous recevez ce message parce que vous avez gagné un prix.",
    ),
    "address": (
        "If the button does not work, open this address:",
        "Se il pulsante non funziona, apri questo indirizzo:",
        "Dacă butonul nu funcționează, deschide această adresă:",
        "如果按钮无法使用，请打开此地址：",
        "Si le bouton ne fonctionne pas, ouvrez cette adresse :",
    ),
    # the certificate
    "certificate": ("Award", "Premio", "Diplomă", "奖状", "Prix"),
    "that": ("This award goes to", "Questo premio va a", "Acest premiu se acordă", "兹授予", "Ce prix est décerné à"),
    "completed": ("the award", "il premio", "premiul", "奖项", "le prix"),
    "team": ("with the team {team}", "con il gruppo {team}", "cu echipa {team}", "与团队“{team}”一起", "avec l’équipe {team}"),
    "on": ("Decided on {day}", "Deciso il {day}", "Decis la {day}", "颁发日期：{day}", "Décerné le {day}"),
    "for": ("For: {behaviour}", "Per: {behaviour}", "Pentru: {behaviour}", "事由：{behaviour}", "Pour : {behaviour}"),
}  # fmt: skip


def words(language: str) -> tuple[str, dict[str, str]]:
    """(language code, words): the person's language, its main language, else English."""
    wanted = (language or "").lower()
    for code in (wanted, wanted.split("-")[0], "zh-hans" if wanted.startswith("zh") else ""):
        if code in LANGUAGES:
            place = LANGUAGES.index(code)
            return code, {key: row[place] for key, row in _ROWS.items()}
    return "en", {key: row[0] for key, row in _ROWS.items()}
