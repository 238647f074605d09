"""The words of reports in the five languages; ``{name}`` … are filled in. Pure."""

from __future__ import annotations

from programs.reports import (
    texts_benchmark,
    texts_board,
    texts_counted,
    texts_effect,
    texts_sections,
    texts_worth,
    texts_year,
)

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
_ROWS: dict[str, tuple[str, str, str, str, str]] = {
    # -- cover
    "report": ("Report", "Rapporto", "Raport", "报告", "Rapport"),
    "numbered": ("Report no. {n}", "Rapporto n. {n}", "Raportul nr. {n}", "第 {n} 号报告", "Rapport n° {n}"),
    "preview": (
        "Preview, not published: its figures can still change.",
        "Anteprima, non pubblicata: le cifre possono ancora cambiare.",
        "Previzualizare, nepublicată: cifrele se mai pot schimba.",
        "预览，尚未发布：数字仍可能变化。",
        "Aperçu, non publié : les chiffres peuvent encore changer.",
    ),
    "published": (
        "Published on {day}. It is never changed; a correction would be a new report that names this one.",
        "Pubblicato il {day}. Non viene mai modificato; una correzione sarebbe un nuovo rapporto che cita questo.",
        "Publicat la {day}. Nu se modifică niciodată; o corectură ar fi un raport nou care îl numește pe acesta.",
        "发布于{day}。内容不再更改；如有更正，将另出新报告并注明本报告。",
        "Publié le {day}. Il n’est jamais modifié ; une correction serait un nouveau rapport qui cite celui-ci.",
    ),
    "corrects": (
        "This report corrects no. {n}: {why}",
        "Questo rapporto corregge il n. {n}: {why}",
        "Acest raport corectează nr. {n}: {why}",
        "本报告更正第 {n} 号报告：{why}",
        "Ce rapport corrige le n° {n} : {why}",
    ),
    "as_of": ("As of {day}", "Al {day}", "La data de {day}", "截至{day}", "Au {day}"),
    "wave_line": (
        "Wave {n}, closed {closed}; figures frozen {frozen}",
        "Rilevazione {n}, chiusa il {closed}; cifre definitive dal {frozen}",
        "Valul {n}, închis la {closed}; cifre definitive din {frozen}",
        "第 {n} 轮，{closed}结束；数字自{frozen}起不变",
        "Vague {n}, close le {closed} ; chiffres figés le {frozen}",
    ),
    "no_wave_line": (
        "No survey results yet",
        "Ancora nessun risultato",
        "Încă nu există rezultate",
        "尚无调查结果",
        "Pas encore de résultats",
    ),
    "whole": (
        "Whole organisation",
        "Tutta l’organizzazione",
        "Întreaga organizație",
        "整个组织",
        "Toute l’organisation",
    ),
    "page_of": ("Page", "Pagina", "Pagina", "页", "Page"),
    "contents": ("Contents", "Indice", "Cuprins", "目录", "Sommaire"),
    "missing_glyphs": (
        "No font on the server has these letters; they are boxes in the PDF: {letters}",
        "Nessun carattere del server ha queste lettere; nel PDF sono riquadri: {letters}",
        "Niciun font al serverului nu are aceste litere; în PDF apar ca pătrate: {letters}",
        "服务器上没有字体包含以下字符，PDF 中显示为方框：{letters}",
        "Aucune police du serveur n’a ces lettres ; ce sont des cases dans le PDF : {letters}",
    ),
    "broken": (
        "The picture “{title}” could not be drawn. Its numbers are in the table and in the spreadsheet.",
        "La figura «{title}» non si è potuta disegnare. I numeri sono nella tabella e nel foglio di calcolo.",
        "Figura „{title}” nu a putut fi desenată. Numerele sunt în tabel și în foaia de calcul.",
        "图“{title}”无法绘制，其数字见表格和电子表格。",
        "La figure « {title} » n’a pas pu être dessinée. Ses chiffres sont dans le tableau et dans le classeur.",
    ),
    "failed": (
        "This part could not be made. HR has been told.",
        "Questa parte non si è potuta fare. HR è stato informato.",
        "Această parte nu a putut fi făcută. HR a fost informat.",
        "此部分无法生成，已通知人力资源部。",
        "Cette partie n’a pas pu être faite. Les RH ont été prévenues.",
    ),
    "left_out": (
        "{n} more rows are in the spreadsheet.",
        "Altre {n} righe sono nel foglio di calcolo.",
        "Alte {n} rânduri sunt în foaia de calcul.",
        "另有 {n} 行见电子表格。",
        "{n} lignes de plus sont dans le classeur.",
    ),
    "continued": ("continued", "continua", "continuare", "续", "suite"),
    # -- words of the numbers
    "want": ("Want", "Volere", "A vrea", "意愿", "Vouloir"),
    "know": ("Know", "Sapere", "A ști", "能力", "Savoir"),
    "can": ("Can", "Potere", "A putea", "条件", "Pouvoir"),
    "served": ("Serves others", "Serve gli altri", "Îi servește pe alții", "服务他人", "Sert les autres"),
    "talk": ("Talk index", "Indice del passaparola", "Indicele recomandării", "口碑指数", "Indice du bouche-à-oreille"),
    "none": ("none", "nessuno", "niciuna", "无", "aucun"),
    "none_long": (
        "None of these",
        "Nessuno di questi",
        "Niciuna dintre acestea",
        "都不缺",
        "Aucun des trois",
    ),
    "unclassified": ("Too few answers", "Troppo poche risposte", "Prea puține răspunsuri", "回答太少", "Trop peu de réponses"),
    "hidden": ("hidden", "nascosto", "ascuns", "已隐藏", "masqué"),
    "hidden_long": (
        "hidden for privacy",
        "nascosto per riservatezza",
        "ascuns din motive de confidențialitate",
        "为保护隐私而隐藏",
        "masqué pour la confidentialité",
    ),
    "not_asked": ("not asked", "non chiesto", "neîntrebat", "未询问", "non demandé"),
    "unit": ("Unit", "Unità", "Unitate", "部门", "Unité"),
    "answered": ("Answered", "Risposte", "Răspunsuri", "回答率", "Réponses"),
    "over": ("over {n}", "oltre {n}", "peste {n}", "超过 {n}", "plus de {n}"),
    "about": ("about {n}", "circa {n}", "circa {n}", "约 {n}", "environ {n}"),
    "about_between": (
        "about {n} (between {low} and {high})",
        "circa {n} (tra {low} e {high})",
        "circa {n} (între {low} și {high})",
        "约 {n}（{low} 至 {high} 之间）",
        "environ {n} (entre {low} et {high})",
    ),
    "under": ("under {n}", "meno di {n}", "sub {n}", "低于 {n}", "moins de {n}"),
    "barrier": ("Barrier", "Ostacolo", "Obstacol", "障碍", "Obstacle"),
    "score": ("Score", "Punteggio", "Scor", "得分", "Score"),
    "interval": ("95 % interval", "Intervallo al 95 %", "Interval 95 %", "95 % 区间", "Intervalle à 95 %"),
    "change": ("Since last wave", "Dall’ultima rilevazione", "Față de valul trecut", "较上一轮", "Depuis la dernière vague"),
    "people": ("People", "Persone", "Oameni", "人数", "Personnes"),
    "measure": ("Measure", "Misura", "Măsură", "指标", "Mesure"),
    "wave": ("Wave", "Rilevazione", "Valul", "轮次", "Vague"),
    "closed": ("Closed", "Chiusa", "Închis", "结束", "Close"),
    "requirement": ("Requirement", "Requisito", "Cerință", "要求", "Exigence"),
    "course": ("Course", "Corso", "Curs", "课程", "Formation"),
    "assigned": ("Assigned", "Assegnati", "Atribuite", "已分配", "Attribuées"),
    "completed": ("Completed", "Completati", "Finalizate", "已完成", "Achevées"),
    "share": ("Share", "Quota", "Pondere", "比例", "Part"),
    "late": ("Late", "In ritardo", "Întârziate", "逾期", "En retard"),
    "thanked": ("Thanked in 90 days", "Ringraziati in 90 giorni", "Li s-a mulțumit în 90 de zile", "90 天内受到感谢", "Remerciés en 90 jours"),
    "milestone": ("Milestone", "Traguardo", "Reper", "里程碑", "Jalon"),
    "due": ("Due", "Scadenza", "Termen", "期限", "Échéance"),
    "state": ("State", "Stato", "Stare", "状态", "État"),
    "light:late": ("late", "in ritardo", "întârziat", "逾期", "en retard"),
    "light:half": ("half met", "raggiunto a metà", "atins pe jumătate", "达成一半", "à moitié atteint"),
    "light:soon": ("due soon", "scade presto", "termen apropiat", "即将到期", "échéance proche"),
    "light:open": ("open", "aperto", "deschis", "进行中", "ouvert"),
    "light:met": ("met, to be decided", "raggiunto, da decidere", "atins, de hotărât", "已达成，待确认", "atteint, à décider"),
    "light:reached": ("reached", "raggiunto", "atins", "已达成", "atteint"),
    "words:rose": ("rose", "salito", "a crescut", "上升", "en hausse"),
    "words:fell": ("fell", "sceso", "a scăzut", "下降", "en baisse"),
    "first_wave": ("first wave", "prima rilevazione", "primul val", "首轮", "première vague"),
    # -- spreadsheet
    "s:data": ("Data", "Dati", "Date", "数据", "Données"),
    "s:definitions": ("Definitions", "Definizioni", "Definiții", "定义", "Définitions"),
    "s:about": ("About", "Informazioni", "Despre", "关于", "À propos"),
    "x:section": ("Section", "Sezione", "Secțiune", "部分", "Partie"),
    "x:group": ("Group", "Gruppo", "Grup", "群体", "Groupe"),
    "x:unit": ("Unit id", "Id unità", "Id unitate", "部门编号", "Id unité"),
    "x:depth": ("Level", "Livello", "Nivel", "层级", "Niveau"),
    "x:value": ("Value", "Valore", "Valoare", "数值", "Valeur"),
    "x:low": ("Low", "Minimo", "Minim", "下限", "Bas"),
    "x:high": ("High", "Massimo", "Maxim", "上限", "Haut"),
    "x:note": ("Note", "Nota", "Notă", "备注", "Note"),
    "x:cell": ("Rests on", "Si basa su", "Se bazează pe", "依据", "Repose sur"),
    # -- mail
    "m:subject": ("{title}: report no. {n}", "{title}: rapporto n. {n}", "{title}: raportul nr. {n}", "{title}：第 {n} 号报告", "{title} : rapport n° {n}"),
    "m:hello": ("Hello {name},", "Buongiorno {name},", "Bună ziua, {name},", "{name}，您好：", "Bonjour {name},"),
    "m:here": ("here is the report you receive regularly.", "ecco il rapporto che riceve regolarmente.", "iată raportul pe care îl primiți regulat.", "这是您定期收到的报告。", "voici le rapport que vous recevez régulièrement."),
    "m:online": ("You also find it here, always unchanged:", "Lo trova anche qui, sempre immutato:", "Îl găsiți și aici, mereu neschimbat:", "您也可在此查看，内容始终不变：", "Vous le trouvez aussi ici, toujours inchangé :"),
    "m:confirm": ("Please confirm here that you have read it:", "Confermi qui di averlo letto:", "Vă rugăm să confirmați aici că l-ați citit:", "请在此确认您已阅读：", "Merci de confirmer ici que vous l’avez lu :"),
    "m:why": ("You get this because you or HR subscribed you to it. You can end that on the page Reports.", "Lo riceve perché Lei o HR ha attivato l’abbonamento. Può disattivarlo nella pagina Rapporti.", "Primiți acest mesaj fiindcă dumneavoastră sau HR v-a abonat. Îl puteți opri pe pagina Rapoarte.", "您收到此邮件是因为您本人或人力资源部为您订阅。可在“报告”页面取消。", "Vous recevez ceci parce que vous ou les RH vous y avez abonné. Vous pouvez y mettre fin sur la page Rapports."),
    "r:title": ("Confirm that you have read it", "Conferma di lettura", "Confirmarea citirii", "确认已阅读", "Confirmer la lecture"),
    "r:ask": ("Report no. {n} of {day}. HR sees that you confirmed, and when.", "Rapporto n. {n} del {day}. HR vede che ha confermato, e quando.", "Raportul nr. {n} din {day}. HR vede că ați confirmat și când.", "第 {n} 号报告，{day}。人力资源部会看到您已确认及时间。", "Rapport n° {n} du {day}. Les RH voient que vous avez confirmé, et quand."),
    "r:button": ("I have read it", "L’ho letto", "L-am citit", "我已阅读", "Je l’ai lu"),
    "r:done": ("Thank you. It is noted that you have read report no. {n}.", "Grazie. È annotato che ha letto il rapporto n. {n}.", "Mulțumim. S-a notat că ați citit raportul nr. {n}.", "谢谢。已记录您阅读了第 {n} 号报告。", "Merci. Il est noté que vous avez lu le rapport n° {n}."),
    "r:bad": ("This link is not complete. Copy it from the mail once more.", "Questo link non è completo. Lo copi di nuovo dal messaggio.", "Acest link nu este complet. Copiați-l din nou din mesaj.", "此链接不完整，请从邮件中重新复制。", "Ce lien est incomplet. Copiez-le à nouveau depuis le message."),
}  # fmt: skip
_ROWS |= texts_sections.ROWS | texts_worth.ROWS
_ROWS |= texts_benchmark.ROWS | texts_board.ROWS | texts_year.ROWS
_ROWS |= texts_counted.ROWS | texts_effect.ROWS


def code_of(language: str) -> str:
    """The one of the five that serves ``language``; English for none."""
    wanted = (language or "").lower()
    if wanted.startswith("zh"):
        return "zh-hans"
    return wanted.split("-")[0] if wanted.split("-")[0] in LANGUAGES else "en"


def say(key: str, language: str, **values: object) -> str:
    """The words for ``key``. Raises KeyError for one that is not there."""
    told = _ROWS[key][LANGUAGES.index(code_of(language))]
    return told.format(**values) if values else told


def keys() -> list[str]:
    return list(_ROWS)


def row(key: str) -> tuple[str, ...]:
    return _ROWS[key]
