"""The words of a dead network and of two windows; rows as in words.py."""

from __future__ import annotations

from collections.abc import Mapping

NETWORK: Mapping[str, tuple[str, ...]] = {
    "both_kept": (
        "You wrote something else here in another window. Both texts are kept: please check them.",
        "In un'altra finestra avevi scritto altro. Tutti e due i testi sono conservati: controllali.",
        "În altă fereastră ai scris altceva. Ambele texte sunt păstrate: te rugăm să le verifici.",
        "您在另一个窗口中写了不同的内容。两段文字都已保留，请检查。",
        "Vous avez écrit autre chose dans une autre fenêtre. Les deux textes sont gardés : vérifiez-les.",
    ),
    "both_too_long": (
        "You wrote something else here in another window, and both together are longer than {n} "
        "characters. This text "
        "is not saved yet: shorten it, or open the page again to see the other one.",
        "In un'altra finestra avevi scritto altro e insieme superano {n} caratteri. Questo testo "
        "non è ancora salvato: "
        "accorcialo, o riapri la pagina per vedere l'altro.",
        "În altă fereastră ai scris altceva, iar împreună depășesc {n} caractere. Acest text încă nu e salvat: "
        "scurtează-l sau redeschide pagina ca să-l vezi pe celălalt.",
        "您在另一个窗口中写了不同的内容，合起来超过 {n} 个字符。此处文字尚未保存：请缩短，或重新打开此页查看另一段。",
        "Vous avez écrit autre chose dans une autre fenêtre, et ensemble cela dépasse {n} "
        "caractères. Ce texte n'est pas "
        "encore enregistré : raccourcissez-le, ou rouvrez la page pour voir l'autre.",
    ),
    "away": (
        "No connection. You can go on: your answers are kept on this device, encrypted, and sent as "
        "soon as it is back.",
        "Nessuna connessione. Puoi continuare: le risposte restano su questo dispositivo, cifrate, "
        "e partono appena torna.",
        "Fără conexiune. Poți continua: răspunsurile rămân pe acest dispozitiv, criptate, și pleacă imediat ce revine.",
        "没有网络连接。您可以继续：回答已加密保存在此设备上，网络恢复后会立即发送。",
        "Pas de connexion. Vous pouvez continuer : vos réponses restent sur cet appareil, chiffrées, "
        "et partent dès son retour.",
    ),
    "away_tab": (
        "No connection. You can go on, but do not close this tab: your answers are kept in it alone until the "
        "connection is back.",
        "Nessuna connessione. Puoi continuare, ma non chiudere questa scheda: le risposte restano "
        "solo qui finché torna.",
        "Fără conexiune. Poți continua, dar nu închide această filă: răspunsurile rămân doar aici până când revine.",
        "没有网络连接。您可以继续，但请不要关闭此标签页：网络恢复之前，回答只保存在这里。",
        "Pas de connexion. Vous pouvez continuer, mais ne fermez pas cet onglet : vos réponses n'y restent "
        "qu'en attendant son retour.",
    ),
    "kept_tab": (
        "No connection. Do not close this tab: your answers are kept in it alone and sent as soon as it is back.",
        "Nessuna connessione. Non chiudere questa scheda: le risposte restano solo qui e partono appena torna.",
        "Fără conexiune. Nu închide această filă: răspunsurile rămân doar aici și pleacă imediat ce revine.",
        "没有网络连接。请不要关闭此标签页：回答只保存在这里，网络恢复后会立即发送。",
        "Pas de connexion. Ne fermez pas cet onglet : vos réponses n'y restent qu'en attendant, et "
        "partent dès son retour.",
    ),
    "pause_kiosk": (
        "Please answer in one go: after a minute without a touch this tablet forgets what was not sent.",
        "Rispondi tutto in una volta: dopo un minuto senza tocchi il tablet dimentica ciò che non è stato inviato.",
        "Te rugăm să răspunzi dintr-o dată: după un minut fără atingere tableta uită ce nu a fost trimis.",
        "请一次答完：一分钟无人触碰，此平板就会清除未提交的内容。",
        "Répondez en une fois : après une minute sans être touchée, la tablette oublie ce qui n'a pas été envoyé.",
    ),
    "pause_code": (
        "You can stop and go on by the address of this page. Whoever types a code again begins anew.",
        "Puoi interrompere e riprendere dall'indirizzo di questa pagina. Chi riscrive un codice ricomincia da capo.",
        "Te poți opri și continua de la adresa acestei pagini. Cine scrie din nou un cod începe de la capăt.",
        "您可以停下，稍后从此页的网址继续。重新输入代码则会从头开始。",
        "Vous pouvez vous arrêter et reprendre à l'adresse de cette page. Qui retape un code recommence au début.",
    ),
    "waits_n": (
        "Not yet sent: {n}",
        "Non ancora inviate: {n}",
        "Încă netrimise: {n}",
        "尚未发送：{n}",
        "Pas encore envoyées : {n}",
    ),
    "seen_later": (
        "What you answered before on this link is safe. Without a connection it cannot be shown here.",
        "Ciò che hai già risposto con questo link è al sicuro. Senza connessione non si può mostrare qui.",
        "Ce ai răspuns deja cu acest link este în siguranță. Fără conexiune nu se poate afișa aici.",
        "您之前用此链接作出的回答是安全的，但没有网络时无法在此显示。",
        "Ce que vous avez déjà répondu par ce lien est en sûreté, mais ne peut être montré ici sans connexion.",
    ),
    "needs_network": (
        "This needs a connection. Please try again when it is back.",
        "Serve una connessione. Riprova quando torna.",
        "E nevoie de conexiune. Încearcă din nou când revine.",
        "此操作需要网络连接。请在网络恢复后重试。",
        "Il faut une connexion. Réessayez quand elle sera revenue.",
    ),
    "no_network": ("No connection", "Nessuna connessione", "Fără conexiune", "没有网络连接", "Pas de connexion"),
    "no_network_note": (
        "This page comes as soon as the connection is back. What you have answered is not lost.",
        "Questa pagina arriva appena torna la connessione. Ciò che hai risposto non è perso.",
        "Pagina apare imediat ce revine conexiunea. Ce ai răspuns nu s-a pierdut.",
        "网络恢复后，此页会立即显示。您已作出的回答不会丢失。",
        "Cette page s'affiche dès le retour de la connexion. Ce que vous avez répondu n'est pas perdu.",
    ),
    "retry": ("Try again", "Riprova", "Încearcă din nou", "重试", "Réessayer"),
    "unsent": ("not yet sent", "non ancora inviato", "încă netrimis", "尚未发送", "pas encore envoyé"),
    "kept_here": (
        "No connection. Your answers are kept on this device, encrypted, and sent as soon as it is back.",
        "Nessuna connessione. Le risposte restano su questo dispositivo, cifrate, e partono appena torna.",
        "Fără conexiune. Răspunsurile rămân pe acest dispozitiv, criptate, și pleacă imediat ce revine.",
        "没有网络连接。您的回答已加密保存在此设备上，网络恢复后会立即发送。",
        "Pas de connexion. Vos réponses restent sur cet appareil, chiffrées, et partent dès son retour.",
    ),
    "keep_open": (
        "No connection. Leave this page open: your answers are sent as soon as it is back.",
        "Nessuna connessione. Lascia aperta la pagina: le risposte partono appena torna.",
        "Fără conexiune. Lasă pagina deschisă: răspunsurile pleacă imediat ce revine.",
        "没有网络连接。请保持此页打开：网络恢复后会立即发送您的回答。",
        "Pas de connexion. Laissez cette page ouverte : vos réponses partent dès son retour.",
    ),
    "send_waits": (
        "No connection: not sent yet. Leave this page open, and it is sent as soon as the connection is back.",
        "Nessuna connessione: non ancora inviato. Lascia aperta la pagina: l'invio parte appena torna la connessione.",
        "Fără conexiune: încă netrimis. Lasă pagina deschisă și se trimite imediat ce revine conexiunea.",
        "没有网络连接：尚未提交。请保持此页打开，网络恢复后会立即提交。",
        "Pas de connexion : pas encore envoyé. Laissez cette page ouverte, l'envoi partira dès son retour.",
    ),
}
