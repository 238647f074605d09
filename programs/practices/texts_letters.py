"""Three letters to adapt, in the five languages: apology, thanks, goodbye. What stands in brackets is for the writer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
LETTERS: dict[str, dict[str, str]] = {
    "apology": {
        "en": "Dear [name],\n\nI am sorry. You counted on us for [what], and we let you down: [what went wrong]. Whoever was right or wrong, it cost you time and trouble, and that should not have happened.\n\nThis is what I have done: [what is put right]. If anything is still not as it should be, please write or call me directly. I will see to it myself.\n\nThank you for telling us.\n\n[your name]\n[how to reach you]",
        "it": "Gentile [nome],\n\nmi dispiace. Contava su di noi per [che cosa] e l’abbiamo delusa: [che cosa è andato storto]. Chiunque avesse ragione, le è costato tempo e fatica, e non doveva succedere.\n\nEcco che cosa ho fatto: [che cosa è stato sistemato]. Se qualcosa ancora non va, mi scriva o mi chiami direttamente: me ne occupo io.\n\nGrazie di avercelo detto.\n\n[il tuo nome]\n[come raggiungerti]",
        "ro": "Stimate/Stimată [nume],\n\nÎmi pare rău. V-ați bazat pe noi pentru [ce anume] și v-am dezamăgit: [ce nu a mers]. Oricine ar fi avut dreptate, v-a costat timp și nervi, iar acest lucru nu trebuia să se întâmple.\n\nIată ce am făcut: [ce s-a îndreptat]. Dacă ceva încă nu este în regulă, scrieți-mi sau sunați-mă direct. Mă ocup personal.\n\nVă mulțumesc că ne-ați spus.\n\n[numele tău]\n[cum poți fi găsit]",
        "zh-hans": "[称呼]，您好：\n\n非常抱歉。您在[事项]上信任我们，我们却让您失望了：[出了什么问题]。无论谁对谁错，这都耗费了您的时间和精力，本不该发生。\n\n我已经做了以下处理：[已改正的事]。如果还有任何不妥，请直接写信或致电给我，我会亲自处理。\n\n感谢您告诉我们。\n\n[您的姓名]\n[联系方式]",
        "fr": "Bonjour [nom],\n\nJe vous présente mes excuses. Vous comptiez sur nous pour [quoi], et nous vous avons déçu : [ce qui n’a pas marché]. Qui que ce soit qui ait eu raison, cela vous a coûté du temps et des soucis, et n’aurait pas dû arriver.\n\nVoici ce que j’ai fait : [ce qui est réparé]. Si quelque chose ne va toujours pas, écrivez-moi ou appelez-moi directement. Je m’en occuperai moi-même.\n\nMerci de nous l’avoir dit.\n\n[votre nom]\n[comment vous joindre]",
    },
    "thanks": {
        "en": "Dear [name],\n\nThank you. When we were looking into [the problem], you [how the customer helped], and that is how we found what was wrong. Without you it would have taken us much longer, and others would have met it, too.\n\nBecause of you we now [what has changed]. I wanted you to know.\n\nIf there is ever anything I can do for you, here is how you reach me: [how to reach you].\n\n[your name]",
        "it": "Gentile [nome],\n\ngrazie. Mentre cercavamo la causa di [il problema], lei [come ci ha aiutato], ed è così che l’abbiamo trovata. Senza di lei ci avremmo messo molto di più, e sarebbe capitato anche ad altri.\n\nGrazie a lei ora [che cosa è cambiato]. Volevo che lo sapesse.\n\nSe posso esserle utile, mi trova qui: [come raggiungerti].\n\n[il tuo nome]",
        "ro": "Stimate/Stimată [nume],\n\nVă mulțumesc. Când căutam cauza pentru [problema], dumneavoastră [cum ne-ați ajutat] și așa am aflat ce nu era în regulă. Fără dumneavoastră ar fi durat mult mai mult, iar și alții ar fi avut de suferit.\n\nDatorită dumneavoastră, acum [ce s-a schimbat]. Am vrut să știți.\n\nDacă vă pot fi vreodată de folos, mă găsiți aici: [cum poți fi găsit].\n\n[numele tău]",
        "zh-hans": "[称呼]，您好：\n\n谢谢您。我们在查找[问题]的原因时，您[如何帮助了我们]，我们才找到了症结。没有您，我们要花更长的时间，其他人也会遇到同样的问题。\n\n因为您，我们现在[有了什么改变]。我想让您知道这一点。\n\n今后若有需要我的地方，请这样联系我：[联系方式]。\n\n[您的姓名]",
        "fr": "Bonjour [nom],\n\nMerci. Alors que nous cherchions la cause de [le problème], vous [comment vous nous avez aidés], et c’est ainsi que nous l’avons trouvée. Sans vous, cela aurait pris bien plus de temps, et d’autres l’auraient subi aussi.\n\nGrâce à vous, désormais, [ce qui a changé]. Je tenais à vous le dire.\n\nSi je peux un jour vous être utile, voici où me joindre : [comment vous joindre].\n\n[votre nom]",
    },
    "goodbye": {
        "en": "Dear [name],\n\nI hear that you have decided to go elsewhere. I am sorry to see you leave, and I respect your choice.\n\nThank you for [how long, or what for]. If there was something we should have done better, a line from you would help us, and it will be read by me, not by a machine.\n\nThe door stays open. Should you ever want to come back, ask for me: [how to reach you]. Everything we agreed on will be as you left it.\n\nI wish you well.\n\n[your name]",
        "it": "Gentile [nome],\n\nho saputo che ha deciso di rivolgersi altrove. Mi dispiace e rispetto la sua scelta.\n\nGrazie per [quanto tempo, o per che cosa]. Se avremmo dovuto fare meglio qualcosa, una sua riga ci aiuterebbe, e la leggerò io, non una macchina.\n\nLa porta resta aperta. Se un giorno volesse tornare, chieda di me: [come raggiungerti]. Troverà tutto come lo ha lasciato.\n\nLe auguro ogni bene.\n\n[il tuo nome]",
        "ro": "Stimate/Stimată [nume],\n\nAm aflat că ați hotărât să mergeți în altă parte. Îmi pare rău că plecați și vă respect alegerea.\n\nVă mulțumesc pentru [cât timp sau pentru ce]. Dacă era ceva ce trebuia să facem mai bine, un rând de la dumneavoastră ne-ar ajuta și îl voi citi eu, nu o mașină.\n\nUșa rămâne deschisă. Dacă veți dori să reveniți, întrebați de mine: [cum poți fi găsit]. Veți găsi totul așa cum ați lăsat.\n\nVă doresc numai bine.\n\n[numele tău]",
        "zh-hans": "[称呼]，您好：\n\n得知您决定另选他家，我很遗憾，也尊重您的选择。\n\n感谢您[多长时间，或为何事]。如果有什么我们本该做得更好，请写一句话告诉我们。读它的是我本人，不是机器。\n\n大门始终为您敞开。若您愿意回来，请找我：[联系方式]。一切都会保持您离开时的样子。\n\n祝您一切顺利。\n\n[您的姓名]",
        "fr": "Bonjour [nom],\n\nJ’apprends que vous avez choisi d’aller ailleurs. Je le regrette, et je respecte votre choix.\n\nMerci pour [combien de temps, ou pour quoi]. S’il y a quelque chose que nous aurions dû mieux faire, une ligne de votre part nous aiderait ; c’est moi qui la lirai, pas une machine.\n\nLa porte reste ouverte. Si un jour vous souhaitez revenir, demandez-moi : [comment vous joindre]. Vous retrouverez tout comme vous l’avez laissé.\n\nJe vous souhaite le meilleur.\n\n[votre nom]",
    },
}
WHEN: dict[str, Any] = {
    "apology": gettext_lazy("Even where we were right: it cost the customer time all the same."),
    "thanks": gettext_lazy("To who helped us to find or solve a problem."),
    "goodbye": gettext_lazy("To who leaves us. The door stays open."),
}
