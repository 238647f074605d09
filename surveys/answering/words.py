"""The words of the answering pages in five languages; each row is (English, Italian, Romanian, Chinese, French).

They are not gettext's: the language belongs to the questionnaire somebody holds, not to a session or an account.
"""

from __future__ import annotations

from collections.abc import Mapping

from surveys.answering.words_ends import ENDS
from surveys.answering.words_network import NETWORK
from surveys.answering.words_promised import PROMISED
from surveys.answering.words_services import SERVICES

WORDS: Mapping[str, tuple[str, ...]] = {
    "cannot_judge": (
        "I can't judge this",
        "Non posso giudicare",
        "Nu pot aprecia",
        "我无法判断",
        "Je ne peux pas en juger",
    ),
    "language": ("Language", "Lingua", "Limbă", "语言", "Langue"),
    "survey": ("Survey", "Questionario", "Chestionar", "问卷", "Enquête"),
    "hello": (
        "How do we serve each other?",
        "Come ci serviamo a vicenda?",
        "Cum ne servim unii pe alții?",
        "我们彼此服务得怎么样？",
        "Comment nous servons-nous les uns les autres ?",
    ),
    "why": (
        "Colleagues who are served well serve customers well. Your answers show what helps and what stands in the way, "
        "in your work and between departments.",
        "Chi è servito bene dai colleghi serve bene i clienti. Le tue risposte mostrano che cosa aiuta e che cosa "
        "ostacola, nel tuo lavoro e tra i reparti.",
        "Cine este servit bine de colegi îi servește bine pe clienți. Răspunsurile tale arată ce ajută "
        "și ce stă în cale, "
        "în munca ta și între departamente.",
        "同事之间服务得好，才能服务好客户。您的回答会显示，在您的工作中和部门之间，什么有帮助，什么是障碍。",
        "Qui est bien servi par ses collègues sert bien les clients. Vos réponses montrent ce qui aide et ce qui gêne, "
        "dans votre travail et entre services.",
    ),
    "how_long": ("How long", "Quanto dura", "Cât durează", "需要多久", "Durée"),
    "about_minutes": (
        "about {n} min",
        "circa {n} min",
        "cam {n} min",
        "约 {n} 分钟",
        "environ {n} min",
    ),
    "questions_n": (
        "{n} questions, {pages} short pages.",
        "{n} domande, {pages} pagine brevi.",
        "{n} întrebări, {pages} pagini scurte.",
        "{n} 个问题，{pages} 个短页。",
        "{n} questions, {pages} pages courtes.",
    ),
    "closes": ("Closes on", "Si chiude il", "Se închide la", "截止日期", "Clôture le"),
    "pause": (
        "You can stop any time and go on by the same link, on any device.",
        "Puoi interrompere quando vuoi e riprendere con lo stesso link, da qualsiasi dispositivo.",
        "Te poți opri oricând și poți continua cu același link, de pe orice dispozitiv.",
        "您可以随时停下，用同一链接在任何设备上继续。",
        "Vous pouvez vous arrêter à tout moment et reprendre avec le même lien, sur n'importe quel appareil.",
    ),
    "promise": ("Our promise", "La nostra promessa", "Promisiunea noastră", "我们的承诺", "Notre promesse"),
    "promise_nobody": (
        "Nobody in the company sees your single answers: not your manager, not HR.",
        "Nessuno in azienda vede le tue singole risposte: né il tuo responsabile, né le risorse umane.",
        "Nimeni din companie nu vede răspunsurile tale individuale: nici managerul, nici resursele umane.",
        "公司里没有人能看到您的个人回答：您的上级看不到，人力资源部也看不到。",
        "Personne dans l'entreprise ne voit vos réponses individuelles : ni votre responsable, ni les RH.",
    ),
    "promise_k": (
        "A question's results are shown only for groups in which at least {k} people answered it.",
        "I risultati di una domanda si mostrano solo per gruppi in cui almeno {k} persone hanno risposto.",
        "Rezultatele unei întrebări se arată numai pentru grupuri în care au răspuns cel puțin {k} persoane.",
        "只有至少 {k} 人回答了某个问题，才会显示该群体的结果。",
        "Les résultats d'une question ne sont montrés que pour les groupes où au moins {k} personnes ont répondu.",
    ),
    "promise_sealed": (
        "Your answers are encrypted. At closing they are separated from your name, and then the keys are destroyed.",
        "Le tue risposte sono cifrate. Alla chiusura vengono separate dal tuo nome e poi le chiavi sono distrutte.",
        "Răspunsurile tale sunt criptate. La închidere sunt separate de numele tău, apoi cheile sunt distruse.",
        "您的回答是加密的。问卷结束时，回答与您的姓名分离，随后密钥被销毁。",
        "Vos réponses sont chiffrées. À la clôture, elles sont séparées de votre nom, puis les clés sont détruites.",
    ),
    "promise_comment": (
        "Comments are read as you write them, in groups of at least {home}, without your name. So name nobody.",
        "I commenti si leggono come li scrivi, in gruppi di almeno {home}, senza il tuo nome. Non nominare nessuno.",
        "Comentariile se citesc așa cum le scrii, în grupuri de cel puțin {home}, fără numele tău. Nu numi pe nimeni.",
        "留言会以原文显示，不带您的姓名，且所在群体至少 {home} 人。因此请不要提到任何人的名字。",
        "Les commentaires sont lus tels quels, dans des groupes d'au moins {home}, sans votre nom. Ne nommez personne.",
    ),
    "promise_masked": (
        "Before comments are shown, HR or a moderator may read them to black out names; they do not see who wrote.",
        "Prima che i commenti siano mostrati, le risorse umane o un moderatore possono leggerli per oscurare i nomi; "
        "non vedono chi ha scritto.",
        "Înainte să fie arătate comentariile, resursele umane sau un moderator le pot citi ca să ascundă numele; "
        "nu văd cine a scris.",
        "留言显示之前，人力资源部或审阅人可能会阅读留言以遮盖人名，但看不到是谁写的。",
        "Avant que les commentaires soient montrés, les RH ou un modérateur peuvent les lire pour masquer des noms ; "
        "ils ne voient pas qui écrit.",
    ),
    "promise_known": (
        "What is kept until the results are out is only whether you took part, so that you are not reminded again.",
        "Fino ai risultati si conserva solo se hai partecipato, per non mandarti altri promemoria.",
        "Până la rezultate se păstrează doar dacă ai participat, ca să nu primești alte mementouri.",
        "在结果公布之前，只保存您是否参加，以免再次提醒您。",
        "Jusqu'aux résultats, on retient seulement si vous avez participé, pour ne plus vous relancer.",
    ),
    "begin": ("Start", "Inizia", "Începe", "开始", "Commencer"),
    "resume": (
        "Continue where you stopped",
        "Riprendi da dove eri",
        "Continuă de unde ai rămas",
        "继续作答",
        "Reprendre",
    ),
    "resume_note": (
        "{done} of {n} questions answered so far.",
        "Risposte date finora: {done} di {n}.",
        "Răspunsuri date până acum: {done} din {n}.",
        "目前已回答 {done} / {n} 个问题。",
        "Réponses données jusqu'ici : {done} sur {n}.",
    ),
    "decline": (
        "I do not want to take part",
        "Non voglio partecipare",
        "Nu vreau să particip",
        "我不想参加",
        "Je ne souhaite pas participer",
    ),
    "decline_note": (
        "Taking part is voluntary. If you decline, you get no reminders, what you typed is deleted, and "
        "nobody is told.",
        "Partecipare è volontario. Se rinunci non ricevi promemoria, ciò che hai scritto è cancellato e "
        "nessuno è avvisato.",
        "Participarea este voluntară. Dacă refuzi, nu primești mementouri, ce ai scris se șterge și "
        "nimeni nu e anunțat.",
        "参加是自愿的。如果您选择不参加，您不会收到提醒，已填写的内容会被删除，也不会通知任何人。",
        "Participer est volontaire. Si vous refusez : pas de rappel, votre saisie est effacée et "
        "personne n'est prévenu.",
    ),
    "declined": (
        "That is fine: you are not taking part",
        "Va bene: non partecipi",
        "E în regulă: nu participi",
        "好的：您不参加",
        "C'est noté : vous ne participez pas",
    ),
    "declined_note": (
        "You get no reminders. Should you change your mind, use the same link before {date}.",
        "Non riceverai promemoria. Se cambi idea, usa lo stesso link prima del {date}.",
        "Nu vei primi mementouri. Dacă te răzgândești, folosește același link înainte de {date}.",
        "您不会收到提醒。如果改变主意，请在 {date} 之前使用同一链接。",
        "Vous ne recevrez pas de rappel. Si vous changez d'avis, utilisez le même lien avant le {date}.",
    ),
    "rejoin": ("Take part after all", "Partecipa lo stesso", "Particip totuși", "还是参加", "Participer quand même"),
    "page_of": (
        "Page {n} of {pages}",
        "Pagina {n} di {pages}",
        "Pagina {n} din {pages}",
        "第 {n} / {pages} 页",
        "Page {n} sur {pages}",
    ),
    "left": (
        "about {n} min left",
        "ancora circa {n} min",
        "încă cam {n} min",
        "还需约 {n} 分钟",
        "encore {n} min environ",
    ),
    "all_answered": (
        "all answered",
        "tutte le risposte date",
        "toate răspunsurile date",
        "已全部回答",
        "tout est répondu",
    ),
    "want": ("What moves you", "Che cosa ti muove", "Ce te motivează", "您的意愿", "Ce qui vous motive"),
    "want_lead": (
        "About wanting to give good service. Think of the last three months.",
        "Voler servire bene. Pensa agli ultimi tre mesi.",
        "Despre dorința de a servi bine. Gândește-te la ultimele trei luni.",
        "关于提供优质服务的意愿。请回想最近三个月。",
        "Vouloir bien servir. Pensez aux trois derniers mois.",
    ),
    "know": ("What you know", "Che cosa sai", "Ce știi", "您的知识", "Ce que vous savez"),
    "know_lead": (
        "About knowing how to serve well. Think of the last three months.",
        "Sapere come servire bene. Pensa agli ultimi tre mesi.",
        "Despre a ști cum să servești bine. Gândește-te la ultimele trei luni.",
        "关于如何提供优质服务的知识。请回想最近三个月。",
        "Savoir bien servir. Pensez aux trois derniers mois.",
    ),
    "can": ("What you are able to do", "Che cosa puoi fare", "Ce poți face", "您的条件", "Ce que vous pouvez faire"),
    "can_lead": (
        "About being enabled to serve well. Think of the last three months.",
        "Essere messi in grado di servire bene. Pensa agli ultimi tre mesi.",
        "Despre condițiile de a servi bine. Gândește-te la ultimele trei luni.",
        "关于提供优质服务所需的条件。请回想最近三个月。",
        "Être en mesure de bien servir. Pensez aux trois derniers mois.",
    ),
    "other": ("Your work", "Il tuo lavoro", "Munca ta", "您的工作", "Votre travail"),
    "other_lead": (
        "Think of the last three months.",
        "Pensa agli ultimi tre mesi.",
        "Gândește-te la ultimele trei luni.",
        "请回想最近三个月。",
        "Pensez aux trois derniers mois.",
    ),
    "provider": ("Working with", "Lavorare con", "Colaborarea cu", "合作部门：", "Travailler avec"),
    "provider_lead": (
        "Think of the last three months. Skip nothing: choose “I can't judge this” where you cannot.",
        "Pensa agli ultimi tre mesi. Dove non puoi giudicare, scegli «Non posso giudicare».",
        "Gândește-te la ultimele trei luni. Unde nu poți aprecia, alege „Nu pot aprecia”.",
        "请回想最近三个月。无法判断时，请选择“我无法判断”。",
        "Pensez aux trois derniers mois. Choisissez « Je ne peux pas en juger » si besoin.",
    ),
    "end": ("To finish", "Per finire", "La final", "最后", "Pour finir"),
    "end_lead": (
        "The comment is up to you.",
        "Il commento è facoltativo.",
        "Comentariul este opțional.",
        "留言可写可不写。",
        "Le commentaire est facultatif.",
    ),
    "optional": ("optional", "facoltativo", "opțional", "选填", "facultatif"),
    "comment_help": (
        "At most {n} characters. Please name nobody, yourself included.",
        "Al massimo {n} caratteri. Non nominare nessuno, nemmeno te.",
        "Cel mult {n} caractere. Te rugăm să nu numești pe nimeni, nici pe tine.",
        "最多 {n} 个字符。请不要提到任何人的名字，包括您自己。",
        "{n} caractères au plus. Ne nommez personne, pas même vous.",
    ),
    "back": ("Back", "Indietro", "Înapoi", "返回", "Retour"),
    "next": ("Next", "Avanti", "Înainte", "下一页", "Suivant"),
    "review": ("Review answers", "Rivedi le risposte", "Verifică răspunsurile", "检查回答", "Relire les réponses"),
    "go_on": ("Go on anyway", "Vai avanti comunque", "Mergi mai departe", "仍然继续", "Continuer quand même"),
    "saved": (
        "You can close this page and come back by the same link.",
        "Puoi chiudere la pagina e tornare con lo stesso link.",
        "Poți închide pagina și reveni cu același link.",
        "您可以关闭此页，稍后用同一链接返回。",
        "Vous pouvez fermer cette page et revenir par le même lien.",
    ),
    "press_next": (
        "Press Next or Back to save this page.",
        "Premi Avanti o Indietro per salvare la pagina.",
        "Apasă Înainte sau Înapoi pentru a salva pagina.",
        "请点“下一页”或“返回”以保存本页。",
        "Appuyez sur Suivant ou Retour pour enregistrer cette page.",
    ),
    "saving": ("Saving …", "Salvataggio …", "Se salvează …", "正在保存…", "Enregistrement …"),
    "saved_now": ("Saved.", "Salvato.", "Salvat.", "已保存。", "Enregistré."),
    "short_promise": (
        "Nobody sees single answers; groups under {k} are never shown.",
        "Nessuno vede le singole risposte; i gruppi sotto {k} non si mostrano mai.",
        "Nimeni nu vede răspunsuri individuale; grupurile sub {k} nu se arată niciodată.",
        "没有人能看到个人回答；少于 {k} 人的群体绝不显示。",
        "Personne ne voit les réponses individuelles ; les groupes de moins de {k} ne sont jamais montrés.",
    ),
    "still_open": (
        "Still open on this page: {n}",
        "Ancora da rispondere in questa pagina: {n}",
        "Fără răspuns pe această pagină: {n}",
        "本页尚未回答：{n}",
        "Sans réponse sur cette page : {n}",
    ),
    "still_open_note": (
        "Answer below, or go on now and come back before you send.",
        "Rispondi qui sotto, oppure vai avanti e torna prima di inviare.",
        "Răspunde mai jos sau mergi mai departe și revino înainte de trimitere.",
        "请在下面回答，或先继续，提交前再回来。",
        "Répondez ci-dessous, ou continuez et revenez avant l'envoi.",
    ),
    "open_mark": ("Still open", "Da rispondere", "Fără răspuns", "未回答", "Sans réponse"),
    "bad_value": (
        "That is not one of the possible answers, so nothing was changed. Please choose again.",
        "Non è una delle risposte possibili, quindi nulla è cambiato. Scegli di nuovo.",
        "Nu este unul dintre răspunsurile posibile, deci nu s-a schimbat nimic. Alege din nou.",
        "这不是可选的回答，因此没有任何更改。请重新选择。",
        "Ce n'est pas une réponse possible, rien n'a donc été changé. Choisissez à nouveau.",
    ),
    "too_long": (
        "This comment is too long and is not saved yet. Please shorten it to {n} characters.",
        "Il commento è troppo lungo e non è ancora salvato. Accorcialo a {n} caratteri.",
        "Comentariul este prea lung și încă nu e salvat. Scurtează-l la {n} caractere.",
        "留言太长，尚未保存。请缩短到 {n} 个字符以内。",
        "Ce commentaire est trop long et n'est pas enregistré. Raccourcissez-le à {n} caractères.",
    ),
    "bad_number": (
        "Please write a whole number from {low} to {high}. It is not saved yet.",
        "Scrivi un numero intero da {low} a {high}. Non è ancora salvato.",
        "Scrie un număr întreg de la {low} la {high}. Încă nu este salvat.",
        "请填写 {low} 到 {high} 之间的整数。尚未保存。",
        "Écrivez un nombre entier de {low} à {high}. Il n'est pas encore enregistré.",
    ),
    "either_or": (
        "“None of these” and “I can't judge this” stand alone: choose one of them, or what applies.",
        "«Nessuna di queste» e «Non posso giudicare» stanno da sole: scegli una di queste oppure ciò che vale.",
        "„Niciuna dintre acestea” și „Nu pot aprecia” stau singure: alege una dintre ele sau ce se potrivește.",
        "“以上都不是”和“我无法判断”只能单独选择：请选其一，或选择符合的选项。",
        "« Aucun de ces choix » et « Je ne peux pas en juger » vont seuls : choisissez l'un d'eux, ou ce qui convient.",
    ),
    "several": (
        "Choose all that apply",
        "Scegli tutto ciò che vale",
        "Alege tot ce se potrivește",
        "可多选",
        "Plusieurs choix possibles",
    ),
    "from_to": ("{low} to {high}", "da {low} a {high}", "{low} – {high}", "{low} 至 {high}", "de {low} à {high}"),
    **ENDS,
    **NETWORK,
    **PROMISED,
    **SERVICES,
}
