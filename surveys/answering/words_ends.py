"""The words of the summary and of every page that ends a visit; rows as in words.py."""

from __future__ import annotations

from collections.abc import Mapping

ENDS: Mapping[str, tuple[str, ...]] = {
    "check": ("Ready to send?", "Tutto pronto?", "Gata de trimis?", "准备提交了吗？", "Prêt à envoyer ?"),
    "check_open": (
        "Almost done: {n} still open",
        "Quasi finito: {n} da rispondere",
        "Aproape gata: {n} fără răspuns",
        "快完成了：还有 {n} 个未回答",
        "Presque fini : {n} sans réponse",
    ),
    "check_lead": (
        "After sending, nothing can be changed any more: the envelope is sealed.",
        "Dopo l'invio nulla si può più cambiare: la busta è sigillata.",
        "După trimitere nu se mai poate schimba nimic: plicul este sigilat.",
        "提交后无法再更改：信封已密封。",
        "Après l'envoi, rien ne peut plus être changé : l'enveloppe est scellée.",
    ),
    "check_open_lead": (
        "Each needs an answer or “I can't judge this”.",
        "Ognuna vuole una risposta o «Non posso giudicare».",
        "Fiecare are nevoie de un răspuns sau „Nu pot aprecia”.",
        "每个问题都需要回答，或选择“我无法判断”。",
        "Chacune attend une réponse ou « Je ne peux pas en juger ».",
    ),
    "answered_of": ("{done} of {n}", "{done} di {n}", "{done} din {n}", "{done} / {n}", "{done} sur {n}"),
    "change": ("Change", "Modifica", "Modifică", "修改", "Modifier"),
    "answer_open": (
        "Answer what is open",
        "Rispondi a ciò che manca",
        "Răspunde la ce lipsește",
        "回答未完成的问题",
        "Répondre à ce qui manque",
    ),
    "your_comment": ("Your comment", "Il tuo commento", "Comentariul tău", "您的留言", "Votre commentaire"),
    "send": (
        "Send my answers",
        "Invia le mie risposte",
        "Trimite răspunsurile",
        "提交我的回答",
        "Envoyer mes réponses",
    ),
    "thanks": (
        "Thank you. It is sent.",
        "Grazie. È inviato.",
        "Mulțumim. S-a trimis.",
        "谢谢，已提交。",
        "Merci. C'est envoyé.",
    ),
    "thanks_already": (
        "Your answers were already sent",
        "Le tue risposte erano già inviate",
        "Răspunsurile tale au fost deja trimise",
        "您的回答此前已提交",
        "Vos réponses avaient déjà été envoyées",
    ),
    "thanks_once": (
        "They are sealed and counted once. You need do nothing more.",
        "Sono sigillate e contano una volta sola. Non devi fare altro.",
        "Sunt sigilate și numărate o singură dată. Nu mai trebuie să faci nimic.",
        "回答已密封，只计一次。您无需再做任何事。",
        "Elles sont scellées et comptées une seule fois. Vous n'avez plus rien à faire.",
    ),
    "thanks_next": (
        "After {date} the results of groups are worked out. You will hear what comes of it from your team.",
        "Dopo il {date} si calcolano i risultati dei gruppi. Il tuo team ti dirà che cosa ne nasce.",
        "După {date} se calculează rezultatele grupurilor. Vei afla de la echipa ta ce urmează.",
        "{date} 之后将计算各群体的结果。您的团队会告诉您后续的行动。",
        "Après le {date}, les résultats des groupes sont calculés. Votre équipe vous dira ce qui en découle.",
    ),
    "thanks_results": (
        "After {date} the results of groups are worked out. They come on {day}: you will see what your unit said.",
        "Dopo il {date} si calcolano i risultati dei gruppi. Escono il {day}: vedrai che cosa ha detto la tua unità.",
        "După {date} se calculează rezultatele grupurilor. Apar la {day}: vei vedea ce a spus unitatea ta.",
        "{date} 之后将计算各群体的结果。结果将于 {day} 公布：您可以看到您的部门说了什么。",
        "Après le {date}, les résultats des groupes sont calculés. Ils paraissent le {day} : vous verrez ce qu'a dit "
        "votre unité.",
    ),
    "results_there": (
        "There they will be: sign in and open Results",
        "Saranno qui: accedi e apri i risultati",
        "Vor fi aici: conectează-te și deschide rezultatele",
        "届时请登录查看结果",
        "Ils seront ici : connectez-vous et ouvrez les résultats",
    ),
    "close_page": (
        "You can close this page now.",
        "Ora puoi chiudere la pagina.",
        "Acum poți închide pagina.",
        "现在可以关闭此页。",
        "Vous pouvez fermer cette page.",
    ),
    "lost": (
        "This link does not lead to a survey",
        "Questo link non porta a un questionario",
        "Acest link nu duce la un chestionar",
        "此链接没有对应的问卷",
        "Ce lien ne mène à aucune enquête",
    ),
    "lost_note": (
        "Perhaps part of it is missing: open it from the message again, or copy it whole. If the survey "
        "is over, its links "
        "no longer work. If it still fails, ask HR for a new message.",
        "Forse ne manca una parte: riaprilo dal messaggio o copialo per intero. Se l'indagine è finita, "
        "i link non valgono "
        "più. Se non va ancora, chiedi alle risorse umane un nuovo messaggio.",
        "Poate lipsește o parte: deschide-l din nou din mesaj sau copiază-l întreg. Dacă sondajul s-a "
        "încheiat, linkurile nu "
        "mai merg. Dacă tot nu merge, cere un mesaj nou de la resurse umane.",
        "链接可能不完整：请从消息中重新打开，或完整复制。如果调查已结束，链接将失效。如果仍然无法打开，请向人力资源部索取新消息。",
        "Il en manque peut-être une partie : rouvrez-le depuis le message ou copiez-le en entier. Si "
        "l'enquête est finie, ses "
        "liens ne valent plus. Sinon, demandez un nouveau message aux RH.",
    ),
    "early": (
        "This survey has not opened yet",
        "Questo questionario non è ancora aperto",
        "Acest chestionar nu s-a deschis încă",
        "此问卷尚未开放",
        "Cette enquête n'est pas encore ouverte",
    ),
    "early_note": (
        "Please come back on {date} by the same link.",
        "Torna il {date} con lo stesso link.",
        "Revino la {date} cu același link.",
        "请在 {date} 用同一链接返回。",
        "Revenez le {date} par le même lien.",
    ),
    "over": (
        "This survey is closed",
        "Questo questionario è chiuso",
        "Acest chestionar s-a închis",
        "此问卷已结束",
        "Cette enquête est close",
    ),
    "over_note": (
        "It takes no more answers, and unsent ones were not counted. What was sent in time is safe. You "
        "will be asked again "
        "in the next survey.",
        "Non accetta più risposte; quelle non inviate non sono contate. Ciò che è stato inviato in "
        "tempo è al sicuro. Ti "
        "chiederemo di nuovo alla prossima.",
        "Nu mai primește răspunsuri; cele netrimise nu s-au numărat. Ce s-a trimis la timp este în siguranță. Vei fi "
        "întrebat din nou la următorul.",
        "不再接受回答，未提交的回答不计入。按时提交的回答已安全保存。下次调查会再次邀请您。",
        "Elle n'accepte plus de réponses ; celles non envoyées ne comptent pas. Ce qui est arrivé à "
        "temps est en sûreté. "
        "Vous serez de nouveau invité à la prochaine.",
    ),
    "too_big": (
        "That was too much text",
        "Il testo era troppo lungo",
        "Textul a fost prea lung",
        "内容过多",
        "C'était trop de texte",
    ),
    "too_big_note": (
        "Nothing was changed. Go back, shorten it and try again.",
        "Nulla è cambiato. Torna indietro, accorcia e riprova.",
        "Nu s-a schimbat nimic. Mergi înapoi, scurtează și încearcă din nou.",
        "没有任何更改。请返回，缩短后重试。",
        "Rien n'a été changé. Revenez, raccourcissez et réessayez.",
    ),
    "too_fast": (
        "That was too often in a short time",
        "Troppe volte in poco tempo",
        "De prea multe ori într-un timp scurt",
        "短时间内操作过于频繁",
        "C'était trop souvent en peu de temps",
    ),
    "too_fast_note": (
        "What was saved before is safe. Wait a minute and go on.",
        "Ciò che era salvato è al sicuro. Aspetta un minuto e continua.",
        "Ce s-a salvat înainte este în siguranță. Așteaptă un minut și continuă.",
        "之前保存的内容是安全的。请等待一分钟后继续。",
        "Ce qui était enregistré est en sécurité. Attendez une minute et continuez.",
    ),
    "broken": (
        "Something went wrong on our side",
        "Qualcosa è andato storto da parte nostra",
        "Ceva n-a mers la noi",
        "我们这边出了问题",
        "Un problème est survenu de notre côté",
    ),
    "broken_note": (
        "What was saved before is safe. Please try the same link again in a few minutes.",
        "Ciò che era salvato è al sicuro. Riprova lo stesso link tra qualche minuto.",
        "Ce era salvat este în siguranță. Încearcă același link peste câteva minute.",
        "之前保存的内容是安全的。请几分钟后用同一链接重试。",
        "Ce qui était enregistré est en sûreté. Réessayez le même lien dans quelques minutes.",
    ),
    "preview": ("Preview", "Anteprima", "Previzualizare", "预览", "Aperçu"),
    "preview_note": (
        "Nothing is stored.",
        "Non si salva nulla.",
        "Nu se salvează nimic.",
        "不会保存任何内容。",
        "Rien n'est enregistré.",
    ),
    "preview_fallback": (
        "not translated",
        "non tradotto",
        "netradus",
        "未翻译",
        "non traduit",
    ),
    "preview_other": (
        "See it as somebody else",
        "Guardalo come qualcun altro",
        "Vezi-l ca altcineva",
        "以其他人的身份查看",
        "Voir à la place de quelqu'un d'autre",
    ),
    "preview_end": (
        "That was all",
        "È tutto qui",
        "Asta a fost tot",
        "到此结束",
        "C'est tout",
    ),
    "preview_again": ("From the start", "Dall'inizio", "De la început", "从头开始", "Reprendre au début"),
}
