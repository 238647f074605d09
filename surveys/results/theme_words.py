"""What comments are about: the words that tell, per theme, in the five languages. Pure data.

A word stands for every word that begins with it, accents and case aside ("wait" also finds "waiting"); one that ends in
a space stands for itself only. In Chinese it is looked for anywhere. Themes follow the framework: wanting, knowing and
being able, and the facets of service.
"""

from __future__ import annotations

from collections.abc import Mapping

LATIN: Mapping[str, str] = {
    "waiting": """
        wait|delay|slow|late |queue|deadline|hours|days|overdue|turnaround|backlog|quick|fast|faster|prompt|on time
        attes|aspett|ritard|lent|scadenz|giorni|tempi|veloc|rapid|coda |tempestiv
        astept|intarzi|incet|coada|termen|zile|ore |prompt|repede|dureaz
        attend|attente|retard|lent|delai|jours|heures|vite|rapide|traine
    """,
    "tone": """
        rude|polite|impolite|friendly|unfriendly|kind |kindness|courteous|courtesy|arrogan|disrespect|respect|tone 
        smile
        attitude|greet|shout|patronis|patroniz|harsh|warm
        maleducat|gentil|cortes|scortes|arrogan|rispett|tono |sorris|atteggiament|saluto|salut|urla|sgarb|cordial
        nepoliticos|politicos|amabil|arogant|respect|ton |zambet|atitudin|salut|tipa|grosolan|cald
        impoli|poli |polie|polis|aimable|gentil|courtois|arrogan|respect|ton |sourire|attitude|bonjour|crie|mepris
        chaleureu
    """,
    "information": """
        inform|answer|explain|know |knows|knew|knowledge|unclear|clear|communicat|update|contact|who to|told 
        nobody tells
        where to|instruction|guide|documentation|transparen|announce
        informa|rispost|spieg|sapere|sanno|conosc|chiar|comunica|aggiorna|contatt|istruzion|documentazion|trasparen
        inform|raspuns|explic|stie |stim|stiu|cunoas|clar|neclar|comunic|actualiz|contact|instructiun|transparen
        inform|repon|expliqu|savoir|sait |savons|connais|clair|communi|contact|consigne|document|transparen
    """,
    "permission": """
        permission|allow|approv|authori|decide|decision|rule|polic|bureaucra|sign off|signature|form |forms
        procedure|limit
        hierarch|empower|red tape|escalat
        permess|autorizz|approva|decid|decision|regol|burocra|firma|firme|modulo|moduli|procedur|limit|gerarch|delega
        permis|aproba|autoriz|decid|decizi|regul|birocra|semnatur|formular|procedur|limit|ierarh
        permission|autoris|approuv|approbation|decid|decision|regle|bureaucra|signature|formulaire|procedure|limite
        hierarch
    """,
    "willingness": """
        care |cares|caring|careless|indifferen|motivat|unmotivated|willing|unwilling|initiative|effort|ignore
        not my job
        responsib|excuse|interest|lazy|proactive|commit|helpful
        indifferen|motiva|demotiv|volont|iniziativ|sforz|ignora|disponibil|responsabil|scus|interess|pigr|impegn
        menefregh
        indiferen|motiva|demotiv|vointa|initiativ|efort|ignora|dispus|responsab|scuze|interes|lene|implica|pasa
        indifferen|motiv|demotiv|volont|initiative|effort|ignor|dispos|responsab|excuse|interet|pares|implique|engag
    """,
    "training": """
        train|course|learn|coach|mentor|onboard|skill|teach|workshop|practice|lesson
        formazion|corso|corsi|impar|affianca|competenz|insegn|laborator|addestr
        instruir|curs |cursuri|invat|indrum|competent|atelier|pregatir|mentor
        formation|former|cours |apprend|tutor|competenc|enseign|atelier|encadr
    """,
    "tools": """
        system|tool|software|computer|laptop|ticket|intranet|printer|server|password|app |apps|website|outdated
        crash|phone
        data |database|equipment|machine|network
        sistem|strument|programma|ticket|stampant|server|password|app |sito|obsolet|telefon|dati |database|attrezz
        rete
        sistem|unelt|program |aplicati|tichet|imprimant|parola|site|invechit|telefon|datele |baza de date
        echipament|retea
        systeme|outil|logiciel|ordinateur|ticket|imprimante|serveur|mot de passe|appli|site|obsolet|telephone
        donnees|reseau
    """,
    "workload": """
        workload|overload|understaff|staff shortage|short of staff|overtime|stress|busy|too much work
        too few people|pressure
        holiday|shift|burnout|tired|capacity|vacanc
        carico|sovraccaric|organico|poco personale|straordinar|stress|turni|turno|pression|stanch|ferie|carenza
        supraincarc|volum de munca|lipsa de personal|putini oameni|ore suplimentare|stres|tur |ture |presiun|obosit
        concediu
        charge de travail|surcharg|sous effectif|effectif|heures sup|stress|pression|fatigu|equipe reduite|conges
        surmen
    """,
    "together": """
        colleague|team|department|cooperat|collaborat|together|other unit|silo|handover|hand over|passed on|share 
        between us
        support each|meeting
        collegh|collega|squadra|repart|collabor|coopera|insieme|passaggio|riunion|scaricabaril
        coleg|echip|departament|colabor|coopera|impreuna|predare|sedint|intre noi
        collegue|equipe|departement|collabor|cooper|ensemble|passation|reunion|entre nous
    """,
    "leadership": """
        manager|boss|leader|supervisor|director|management|head of|example|lead by|listen|feedback|trust|recogni
        praise
        responsabile|capo |capi |dirigent|direttor|direzione|esempio|ascolt|riscontro|fiducia|riconosc|elogi
        sef |sefi|seful|manager|director|conducer|exemplu|ascult|incredere|recuno|lauda|feedback
        chef|manager|directeur|direction|responsable|exemple|ecout|retour|confiance|reconna|felicit
    """,
    "thanks": """
        thank|thanks|great|excellent|wonderful|amazing|fantastic|happy|pleased|good work|well done|appreciat|memorable
        proud|glad|best
        grazie|ottim|eccellent|meravigl|fantastic|felic|content|bravi|bravo|brava|apprezz|memorabil|orgoglio
        multum|excelent|minunat|fantastic|fericit|multumit|bravo|apreci|memorabil|mandr|felicit
        merci|excellent|formidable|fantastique|heureu|content|bravo|appreci|memorable|fier |fiere
    """,
}
CHINESE: Mapping[str, str] = {
    "waiting": "等待|等了|等很久|太慢|很慢|缓慢|拖延|延误|延迟|排队|及时|超时|效率|速度|迟到|很快",
    "tone": "态度|礼貌|粗鲁|友好|傲慢|尊重|语气|微笑|热情|冷淡|耐心|不耐烦|吼",
    "information": "信息|解释|说明|通知|不清楚|清楚|沟通|答复|回复|联系|不知道|了解|透明|告知",
    "permission": "审批|批准|授权|权限|规定|制度|流程|签字|决定|表格|官僚|请示|不允许",
    "willingness": "积极|主动|冷漠|推诿|推卸|责任|敷衍|不关心|关心|愿意|不愿|借口|懒|努力|投入",
    "training": "培训|学习|课程|教导|指导|辅导|技能|带教|练习",
    "tools": "系统|工具|软件|电脑|打印机|工单|密码|网络|网站|设备|数据|手机|卡顿|崩溃|电话",
    "workload": "工作量|人手|加班|压力|太忙|忙不过来|缺人|人员不足|疲惫|累|负荷|轮班",
    "together": "同事|团队|部门|合作|协作|配合|一起|交接|会议|跨部门",
    "leadership": "领导|经理|主管|上司|管理层|榜样|倾听|反馈|信任|认可|表扬",
    "thanks": "谢谢|感谢|很棒|优秀|满意|高兴|开心|出色|点赞|难忘|骄傲|非常好",
}
