"""The words of the doors without a link (code, shared tablet) in five languages: English, Italian, Romanian, Chinese,
French."""

from __future__ import annotations

from surveys.answering.languages import ORDER, spoken

DOORS: dict[str, tuple[str, ...]] = {
    "code_title": ("Your code", "Il tuo codice", "Codul tău", "您的代码", "Votre code"),
    "code_lead": (
        "Type the eight characters from your sheet.",
        "Scrivi gli otto caratteri del tuo foglio.",
        "Scrie cele opt caractere de pe foaia ta.",
        "请输入您纸条上的八个字符。",
        "Tapez les huit caractères de votre feuille.",
    ),
    "code": ("Code", "Codice", "Cod", "代码", "Code"),
    "code_hint": (
        "Like 7KQ2-M9XD. Capital or small letters make no difference.",
        "Come 7KQ2-M9XD. Maiuscole o minuscole non importa.",
        "De exemplu 7KQ2-M9XD. Literele mari sau mici nu contează.",
        "例如 7KQ2-M9XD，不区分大小写。",
        "Par exemple 7KQ2-M9XD. Majuscules ou minuscules, peu importe.",
    ),
    "begin": ("Begin", "Inizia", "Începe", "开始", "Commencer"),
    "code_short": (
        "A code has eight characters. Check that none is missing.",
        "Un codice ha otto caratteri. Controlla che non ne manchi nessuno.",
        "Un cod are opt caractere. Verifică să nu lipsească niciunul.",
        "代码共有八个字符，请检查是否缺少。",
        "Un code a huit caractères. Vérifiez qu'il n'en manque aucun.",
    ),
    "code_wrong": (
        "No open survey has this code. Check each character; of several sheets printed for you only the newest works.",
        "Nessun questionario aperto ha questo codice. Controlla ogni carattere; se è stato stampato un foglio più "
        "recente, vale solo quello.",
        "Niciun chestionar deschis nu are acest cod. Verifică fiecare caracter; dacă s-a tipărit o foaie mai nouă, "
        "doar aceea este valabilă.",
        "没有进行中的问卷使用此代码。请逐个检查字符；如果为您打印过新的纸条，则只有新的有效。",
        "Aucune enquête ouverte n'a ce code. Vérifiez chaque caractère ; si une feuille plus récente a été imprimée, "
        "elle seule est valable.",
    ),
    "too_often": (
        "Too many wrong attempts from here. Please wait ten minutes and try again.",
        "Troppi tentativi sbagliati da qui. Aspetta dieci minuti e riprova.",
        "Prea multe încercări greșite de aici. Așteaptă zece minute și încearcă din nou.",
        "此处错误次数过多，请等待十分钟后再试。",
        "Trop d'essais erronés ici. Attendez dix minutes et réessayez.",
    ),
    "code_private": (
        "Your code only opens the questionnaire. Nobody sees what you answer with it.",
        "Il codice apre solo il questionario. Nessuno vede che cosa rispondi.",
        "Codul doar deschide chestionarul. Nimeni nu vede ce răspunzi.",
        "代码仅用于打开问卷，没有人能看到您的回答。",
        "Le code ouvre seulement le questionnaire. Personne ne voit vos réponses.",
    ),
    "kiosk_lead": (
        "Anybody who is asked here can answer on this tablet. It forgets you as soon as you have finished.",
        "Chi è interpellato qui può rispondere su questo tablet. Ti dimentica appena hai finito.",
        "Oricine este întrebat aici poate răspunde pe această tabletă. Te uită imediat ce ai terminat.",
        "受邀者可以在此平板上作答。完成后它会立即清除您的信息。",
        "Toute personne interrogée ici peut répondre sur cette tablette. Elle vous oublie dès que vous avez terminé.",
    ),
    "kiosk_two_lead": (
        "Say who you are. It is only used to open your questionnaire, not kept with your answers.",
        "Di' chi sei. Serve solo ad aprire il tuo questionario e non resta con le risposte.",
        "Spune cine ești. Folosim asta doar ca să deschidem chestionarul; nu rămâne cu răspunsurile.",
        "请说明您是谁。这仅用于打开您的问卷，不会与您的回答一起保存。",
        "Dites qui vous êtes. Cela ne sert qu'à ouvrir votre questionnaire et n'est pas conservé avec vos réponses.",
    ),
    "kiosk_nobody": (
        "Nobody who can still answer here matches this. Check both; who has answered already needs to do nothing.",
        "Nessuno che possa ancora rispondere qui corrisponde. Controlla entrambi; chi ha già risposto non "
        "deve fare nulla.",
        "Nimeni care mai poate răspunde aici nu corespunde. Verifică ambele; cine a răspuns deja nu trebuie să facă "
        "nimic.",
        "没有仍可在此作答的人与之相符。请检查两项内容；已作答者无需再做任何事。",
        "Personne pouvant encore répondre ici ne correspond. Vérifiez les deux ; qui a déjà répondu n'a rien à faire.",
    ),
    "kiosk_closed": (
        "This tablet does not take answers now",
        "Questo tablet ora non raccoglie risposte",
        "Această tabletă nu primește răspunsuri acum",
        "此平板目前不接受作答",
        "Cette tablette ne prend pas de réponses en ce moment",
    ),
    "kiosk_closed_note": (
        "The survey is over, or this tablet is no longer used for it.",
        "Il questionario è finito, o questo tablet non serve più.",
        "Chestionarul s-a încheiat sau tableta nu mai este folosită pentru el.",
        "问卷已结束，或此平板不再用于该问卷。",
        "L'enquête est terminée, ou cette tablette n'est plus utilisée.",
    ),
    "kiosk_idle": (
        "Nobody used the tablet for a minute, so it forgot who was here. What was not sent is gone: please begin "
        "again.",
        "Per un minuto nessuno ha usato il tablet, che ha dimenticato chi c'era. Ciò che non è stato inviato è perso: "
        "ricomincia, per favore.",
        "Timp de un minut nimeni nu a folosit tableta, așa că a uitat cine era. Ce nu a fost trimis s-a pierdut: te "
        "rugăm să începi din nou.",
        "平板一分钟无人使用，已清除使用者信息。未提交的内容已丢失，请重新开始。",
        "Personne n'a utilisé la tablette pendant une minute : elle a oublié qui était là. "
        "Ce qui n'a pas été envoyé est perdu : veuillez recommencer.",
    ),
    "kiosk_thanks": ("Thank you", "Grazie", "Mulțumim", "谢谢", "Merci"),
    "kiosk_thanks_note": (
        "Your answers are sealed, and this tablet has forgotten you. The next person can begin.",
        "Le tue risposte sono sigillate e il tablet ti ha dimenticato. Può iniziare la prossima persona.",
        "Răspunsurile tale sunt sigilate, iar tableta te-a uitat. Poate începe următoarea persoană.",
        "您的回答已密封，此平板已清除您的信息。下一位可以开始。",
        "Vos réponses sont scellées et la tablette vous a oublié. La personne suivante peut commencer.",
    ),
    "kiosk_next": ("Next person", "Prossima persona", "Următoarea persoană", "下一位", "Personne suivante"),
    "kiosk_leave": ("Finish and clear", "Esci e cancella", "Ieși și șterge", "结束并清除", "Quitter et effacer"),
    "kiosk_again": (
        "The start page comes back in {n} seconds.",
        "La pagina iniziale torna tra {n} secondi.",
        "Pagina de început revine în {n} secunde.",
        "{n}秒后返回起始页。",
        "La page de départ revient dans {n} secondes.",
    ),
    "kiosk_soon": (
        "Still there? The tablet clears itself in {n} seconds.",
        "Ci sei ancora? Il tablet si azzera tra {n} secondi.",
        "Mai ești aici? Tableta se golește în {n} secunde.",
        "您还在吗？平板将在 {n} 秒后清除。",
        "Toujours là ? La tablette s'efface dans {n} secondes.",
    ),
    "kiosk_away": (
        "No connection. This tablet has forgotten who was here and begins again as soon as the connection is back.",
        "Nessuna connessione. Il tablet ha dimenticato chi c'era e ricomincia appena torna la connessione.",
        "Fără conexiune. Tableta a uitat cine era aici și reîncepe imediat ce revine conexiunea.",
        "没有网络连接。此平板已清除使用者信息，网络恢复后将重新开始。",
        "Pas de connexion. La tablette a oublié qui était là et recommence dès le retour de la connexion.",
    ),
    "number": ("Employee number", "Matricola", "Număr de angajat", "员工编号", "Matricule"),
    "family_name": ("Family name", "Cognome", "Nume de familie", "姓", "Nom de famille"),
    "hired_on": (
        "First day at work",
        "Primo giorno di lavoro",
        "Prima zi de lucru",
        "入职日期",
        "Premier jour de travail",
    ),
    "email": ("E-mail", "E-mail", "E-mail", "电子邮箱", "E-mail"),
}


def door_words(language: str) -> dict[str, str]:
    index = ORDER.index(spoken(language))
    return {key: row[index] for key, row in DOORS.items()}
