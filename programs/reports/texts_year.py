"""Words of the yearly review in the five languages: what was promised against what came. Pure."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "y:title": ("Yearly review {year}", "Bilancio dell’anno {year}", "Bilanțul anului {year}", "{year} 年度回顾", "Bilan de l’année {year}"),
    "y:so_far": (
        "The year is not over: this is how it stands on {day}.",
        "L’anno non è finito: questa è la situazione al {day}.",
        "Anul nu s-a încheiat: aceasta este situația la {day}.",
        "本年尚未结束：以下为截至{day}的情况。",
        "L’année n’est pas finie : voici où elle en est le {day}.",
    ),
    # -- the sentence on top
    "y:ms": (
        "Milestones due in {year}: {n}; reached: {reached}; by the day first promised: {time}.",
        "Traguardi previsti per il {year}: {n}; raggiunti: {reached}; entro il giorno promesso all’inizio: {time}.",
        "Repere cu termen în {year}: {n}; atinse: {reached}; până în ziua promisă inițial: {time}.",
        "{year} 年到期的里程碑：{n} 个；已达成：{reached} 个；不晚于最初承诺日期：{time} 个。",
        "Jalons prévus en {year} : {n} ; atteints : {reached} ; au jour d’abord promis : {time}.",
    ),
    "y:ms_missed": (
        "Milestones due in {year}: {n}; reached: none.",
        "Traguardi previsti per il {year}: {n}; raggiunti: nessuno.",
        "Repere cu termen în {year}: {n}; atinse: niciunul.",
        "{year} 年到期的里程碑：{n} 个；均未达成。",
        "Jalons prévus en {year} : {n} ; atteints : aucun.",
    ),
    "y:ms_none": (
        "No milestone was due in {year}.",
        "Nessun traguardo era previsto per il {year}.",
        "Niciun reper nu avea termen în {year}.",
        "{year} 年没有到期的里程碑。",
        "Aucun jalon n’était prévu en {year}.",
    ),
    "y:rose": (
        "Clearly up since the first wave: {what}.",
        "Nettamente saliti dalla prima rilevazione: {what}.",
        "Au crescut clar de la primul val: {what}.",
        "自第一轮以来明显上升：{what}。",
        "En nette hausse depuis la première vague : {what}.",
    ),
    "y:fell": (
        "Clearly down since the first wave: {what}.",
        "Nettamente scesi dalla prima rilevazione: {what}.",
        "Au scăzut clar de la primul val: {what}.",
        "自第一轮以来明显下降：{what}。",
        "En nette baisse depuis la première vague : {what}.",
    ),
    "y:level": (
        "Neither want, know nor can has clearly moved since the first wave.",
        "Né volere, né sapere, né potere si sono mossi nettamente dalla prima rilevazione.",
        "Nici a vrea, nici a ști, nici a putea nu s-au schimbat clar de la primul val.",
        "意愿、能力和条件自第一轮以来均无明显变化。",
        "Ni vouloir, ni savoir, ni pouvoir n’ont nettement bougé depuis la première vague.",
    ),
    "y:level_of": (
        "Not clearly moved since the first wave: {what}.",
        "Non mossi nettamente dalla prima rilevazione: {what}.",
        "Fără schimbare clară de la primul val: {what}.",
        "自第一轮以来没有明显变化：{what}。",
        "Sans mouvement net depuis la première vague : {what}.",
    ),
    "y:few": (
        "Too few answered to tell whether want, know or can moved since the first wave.",
        "Le risposte sono troppo poche per dire se volere, sapere o potere si sono mossi dalla prima rilevazione.",
        "Sunt prea puține răspunsuri pentru a spune dacă a vrea, a ști sau a putea s-au schimbat de la primul val.",
        "回答人数太少，无法判断意愿、能力或条件自第一轮以来是否有变化。",
        "Trop peu de réponses pour dire si vouloir, savoir ou pouvoir ont bougé depuis la première vague.",
    ),
    "y:apart": (
        "Its last wave cannot be compared with the first.",
        "L’ultima rilevazione non si può confrontare con la prima.",
        "Ultimul său val nu se poate compara cu primul.",
        "最近一轮无法与第一轮比较。",
        "Sa dernière vague ne peut être comparée à la première.",
    ),
    "y:unasked": (
        "Its last wave did not ask about want, know and can.",
        "L’ultima rilevazione non ha chiesto di volere, sapere e potere.",
        "Ultimul său val nu a întrebat despre a vrea, a ști și a putea.",
        "最近一轮未询问意愿、能力和条件。",
        "Sa dernière vague ne portait pas sur vouloir, savoir et pouvoir.",
    ),
    "y:start": (
        "Its first wave set the starting point.",
        "La prima rilevazione ha fissato il punto di partenza.",
        "Primul val a stabilit punctul de plecare.",
        "第一轮确定了起点。",
        "Sa première vague a fixé le point de départ.",
    ),
    "y:no_wave": (
        "No wave was released by the end of {year}: nothing can be told of want, know and can.",
        "Nessuna rilevazione pubblicata entro la fine del {year}: di volere, sapere e potere non si può dire nulla.",
        "Niciun val publicat până la sfârșitul lui {year}: despre a vrea, a ști și a putea nu se poate spune nimic.",
        "截至 {year} 年底没有发布任何一轮结果：无法评述意愿、能力和条件。",
        "Aucune vague publiée à la fin de {year} : rien ne peut être dit de vouloir, savoir et pouvoir.",
    ),
    "y:hidden": (
        "Want, know and can are hidden for privacy.",
        "Volere, sapere e potere sono nascosti per riservatezza.",
        "A vrea, a ști și a putea sunt ascunse pentru confidențialitate.",
        "为保护隐私，意愿、能力和条件不予显示。",
        "Vouloir, savoir et pouvoir sont masqués pour la confidentialité.",
    ),
    # -- promised
    "y:h:promised": (
        "What was promised at launch", "Che cosa fu promesso all’avvio", "Ce s-a promis la lansare", "启动时的承诺",
        "Ce qui fut promis au lancement",
    ),
    "y:launched": (
        "Launched on {day}, planned from {first} to {last}.",
        "Avviato il {day}, previsto dal {first} al {last}.",
        "Lansat la {day}, planificat din {first} până la {last}.",
        "{day}启动，计划从{first}到{last}。",
        "Lancé le {day}, prévu du {first} au {last}.",
    ),
    "y:charter": (
        "The organisation’s charter in force that day: version {n}.",
        "La carta dell’organizzazione in vigore quel giorno: versione {n}.",
        "Carta organizației în vigoare în acea zi: versiunea {n}.",
        "当日生效的组织服务章程：第 {n} 版。",
        "La charte de l’organisation en vigueur ce jour-là : version {n}.",
    ),
    "y:charter_now": (
        "Since then version {n} has come into force.",
        "Da allora è entrata in vigore la versione {n}.",
        "De atunci a intrat în vigoare versiunea {n}.",
        "此后第 {n} 版已生效。",
        "Depuis, la version {n} est entrée en vigueur.",
    ),
    "y:charter_none": (
        "The organisation had no charter in force that day.",
        "Quel giorno l’organizzazione non aveva una carta in vigore.",
        "În acea zi organizația nu avea o cartă în vigoare.",
        "当日组织没有生效的服务章程。",
        "L’organisation n’avait pas de charte en vigueur ce jour-là.",
    ),
    "y:why": (
        "Why it was begun, in the words of the launch:", "Perché fu iniziato, nelle parole dell’avvio:",
        "De ce a fost început, în cuvintele lansării:", "启动时所述的缘由：", "Pourquoi il fut commencé, dans les mots du lancement :",
    ),
    "y:why_none": (
        "Nothing was written on why it was begun.", "Non fu scritto perché fu iniziato.", "Nu s-a scris de ce a fost început.",
        "没有写明启动的缘由。", "Rien ne fut écrit sur la raison de son lancement.",
    ),
    "y:focus": (
        "It aims at: {what}.", "Mira a: {what}.", "Urmărește: {what}.", "目标要求：{what}。", "Il vise : {what}.",
    ),
    "y:t:stages": ("Stages", "Fasi", "Etape", "阶段", "Étapes"),
    "y:stage": ("Stage", "Fase", "Etapă", "阶段", "Étape"),
    "y:planned": ("Promised at launch", "Promesso all’avvio", "Promis la lansare", "启动时承诺", "Promis au lancement"),
    "y:now": ("As amended", "Come modificato", "După modificări", "修订后", "Après modification"),
    "y:unchanged": ("unchanged", "invariato", "neschimbat", "未变", "inchangé"),
    "y:goal": ("Goal and exit criteria", "Obiettivo e criteri d’uscita", "Scop și criterii de ieșire", "目标与结束标准", "But et critères de sortie"),
    "y:signed": ("Signed off", "Chiusa con firma", "Încheiată cu semnătură", "签署结束", "Clôturée et signée"),
    "y:signed_on": (
        "{day}, {met} of {all} criteria met",
        "{day}, {met} criteri su {all} soddisfatti",
        "{day}, {met} din {all} criterii îndeplinite",
        "{day}，满足 {met}/{all} 项标准",
        "{day}, {met} critères sur {all} remplis",
    ),
    "y:unsigned": (
        "past its day, not signed off", "oltre il termine, non chiusa", "peste termen, neîncheiată", "已过期限，未签署", "au-delà de sa date, non clôturée",
    ),
    "y:running": ("running", "in corso", "în desfășurare", "进行中", "en cours"),
    "y:coming": ("to come", "da venire", "urmează", "尚未开始", "à venir"),
    "y:information": ("information", "informazione", "informare", "信息", "information"),
    "y:attitude": ("attitude", "atteggiamento", "atitudine", "态度", "attitude"),
    "y:behaviour": ("behaviour", "comportamento", "comportament", "行为", "comportement"),
    "y:culture": ("culture", "cultura", "cultură", "文化", "culture"),
    # -- milestones
    "y:h:milestones": ("Milestones", "Traguardi", "Repere", "里程碑", "Jalons"),
    "y:milestone": ("Milestone", "Traguardo", "Reper", "里程碑", "Jalon"),
    "y:first_due": ("First promised for", "Promesso all’inizio per", "Promis inițial pentru", "最初承诺日期", "D’abord promis pour le"),
    "y:due": ("Planned for now", "Previsto ora per", "Planificat acum pentru", "现计划日期", "Prévu maintenant le"),
    "y:targets": ("Targets", "Obiettivi", "Ținte", "目标值", "Cibles"),
    "y:target": ("{what} at least {n}", "{what} almeno {n}", "{what} cel puțin {n}", "{what}至少 {n}", "{what} au moins {n}"),
    "y:came": ("What came", "Che cosa è avvenuto", "Ce a urmat", "实际情况", "Ce qui est venu"),
    "y:on_time": ("reached on {day}, in time", "raggiunto il {day}, in tempo", "atins la {day}, la timp", "{day}达成，按时", "atteint le {day}, à temps"),
    "y:moved": (
        "reached on {day}, by its later day", "raggiunto il {day}, entro la data spostata", "atins la {day}, până la termenul amânat",
        "{day}达成，在推迟后的期限内", "atteint le {day}, à sa date repoussée",
    ),
    "y:late": ("reached on {day}, late", "raggiunto il {day}, in ritardo", "atins la {day}, cu întârziere", "{day}达成，逾期", "atteint le {day}, en retard"),
    "y:missed": ("not reached", "non raggiunto", "neatins", "未达成", "non atteint"),
    "y:put_off": ("not reached, put off", "non raggiunto, rinviato", "neatins, amânat", "未达成，已推迟", "non atteint, repoussé"),
    "y:open": ("not due yet", "non ancora dovuto", "încă fără termen împlinit", "尚未到期", "pas encore dû"),
    "y:later": (
        "not reached by the end of the year; reached on {day}",
        "non raggiunto entro l’anno; raggiunto il {day}",
        "neatins până la sfârșitul anului; atins la {day}",
        "年底前未达成；于{day}达成",
        "non atteint à la fin de l’année ; atteint le {day}",
    ),
    "y:removed": (
        "Milestones taken off the plan in the year: {n}.",
        "Traguardi tolti dal piano durante l’anno: {n}.",
        "Repere scoase din plan în cursul anului: {n}.",
        "本年从计划中移除的里程碑：{n} 个。",
        "Jalons retirés du plan pendant l’année : {n}.",
    ),
    "y:basis": (
        "First days are those kept at the launch, else those of the record of when a milestone was planned. Marked *: only "
        "today’s plan tells.",
        "I primi giorni sono quelli conservati all’avvio, altrimenti quelli registrati quando il traguardo fu pianificato. "
        "Con *: lo dice solo il piano di oggi.",
        "Primele termene sunt cele păstrate la lansare, altfel cele din înregistrarea planificării. Cu *: o spune numai "
        "planul de azi.",
        "最初日期取自启动时保存的计划，否则取自里程碑登记记录。标 * 者只有现行计划可查。",
        "Les premières dates sont celles gardées au lancement, sinon celles de la trace de leur planification. Avec * : "
        "seul le plan d’aujourd’hui le dit.",
    ),
    # -- amended
    "y:h:amended": ("What was amended, and why", "Che cosa fu modificato, e perché", "Ce s-a modificat și de ce", "修订内容及理由", "Ce qui fut modifié, et pourquoi"),
    "y:amended_none": (
        "Nothing was amended in the year.", "Nell’anno non fu modificato nulla.", "Nimic nu s-a modificat în cursul anului.",
        "本年没有修订。", "Rien ne fut modifié dans l’année.",
    ),
    "y:amended": (
        "Amendments: {n}, each with its reason.", "Modifiche: {n}, ciascuna con il suo motivo.", "Modificări: {n}, fiecare cu motivul ei.",
        "修订：{n} 次，各附理由。", "Modifications : {n}, chacune avec sa raison.",
    ),
    "y:day": ("Day", "Giorno", "Ziua", "日期", "Jour"),
    "y:what": ("What", "Che cosa", "Ce anume", "内容", "Quoi"),
    "y:before": ("Before", "Prima", "Înainte", "之前", "Avant"),
    "y:after": ("After", "Dopo", "După", "之后", "Après"),
    "y:reason": ("Reason", "Motivo", "Motiv", "理由", "Raison"),
    # -- the survey
    "y:h:survey": ("Want, know and can, then and now", "Volere, sapere e potere, allora e oggi", "A vrea, a ști, a putea, atunci și acum", "意愿、能力、条件：从前与现在", "Vouloir, savoir, pouvoir, alors et maintenant"),
    "y:at_wave": ("{n} (wave {wave})", "{n} (rilevazione {wave})", "{n} (valul {wave})", "{n}（第 {wave} 轮）", "{n} (vague {wave})"),
    "y:then": ("Then", "Allora", "Atunci", "从前", "Alors"),
    "y:today": ("Now", "Ora", "Acum", "现在", "Maintenant"),
    "y:since": ("Since the first wave", "Dalla prima rilevazione", "De la primul val", "自第一轮以来", "Depuis la première vague"),
    "y:wave": ("Wave", "Rilevazione", "Val", "轮次", "Vague"),
    "y:closed": ("Closed", "Chiusa", "Închis", "结束", "Close"),
    "y:frozen": (
        "Each number and word is that of its wave’s release: frozen then, never worked out again.",
        "Ogni numero e parola è quello della pubblicazione della sua rilevazione: fissato allora, mai ricalcolato.",
        "Fiecare cifră și cuvânt este din publicarea valului său: fixat atunci, niciodată recalculat.",
        "每个数字和说法均取自该轮发布时的结果：当时即固定，此后不再重算。",
        "Chaque chiffre et chaque mot est celui de la publication de sa vague : figé alors, jamais recalculé.",
    ),
    # -- what is counted
    "y:h:counted": ("What was done, and what it was for", "Che cosa fu fatto, e a che scopo", "Ce s-a făcut și în ce scop", "所做的事及其目的", "Ce qui fut fait, et dans quel but"),
    "y:counted_none": (
        "Nothing was kept day by day in {year}, so nothing can be told of that year.",
        "Nel {year} nulla fu conservato giorno per giorno: di quell’anno non si può dire nulla.",
        "În {year} nimic nu s-a păstrat zi de zi, deci nu se poate spune nimic despre acel an.",
        "{year} 年没有逐日保存的数据，因此无法评述。",
        "Rien ne fut gardé jour par jour en {year} : rien ne peut être dit de cette année.",
    ),
    "y:measure": ("Measure", "Misura", "Măsură", "指标", "Mesure"),
    "y:begin": ("First kept in the year", "Primo valore dell’anno", "Prima valoare din an", "年内首次记录", "Première valeur de l’année"),
    "y:end": ("Last kept in the year", "Ultimo valore dell’anno", "Ultima valoare din an", "年内最后记录", "Dernière valeur de l’année"),
    "y:on_day": ("{n} ({day})", "{n} ({day})", "{n} ({day})", "{n}（{day}）", "{n} ({day})"),
    "y:not_told": ("too few to tell", "troppo pochi per dirlo", "prea puțini pentru a spune", "人数过少，不予显示", "trop peu pour le dire"),
    "y:counted_how": (
        "As kept on those days; never counted again from today’s records.",
        "Come conservato quei giorni; mai ricontato dai dati di oggi.",
        "Cum s-a păstrat în acele zile; niciodată renumărat din datele de azi.",
        "以当日保存为准，不以现有记录重新统计。",
        "Tel que gardé ces jours-là ; jamais recompté d’après les données d’aujourd’hui.",
    ),
    # -- effect and cost
    "y:effect_by": (
        "As found on {day}.", "Come rilevato il {day}.", "Cum s-a constatat la {day}.", "以{day}的结论为准。", "Tel que trouvé le {day}.",
    ),
    "y:effect_none": (
        "By the end of {year} nothing had been found of its effect.",
        "Entro la fine del {year} nulla era stato rilevato sul suo effetto.",
        "Până la sfârșitul lui {year} nu se constatase nimic despre efectul lui.",
        "截至 {year} 年底尚无关于成效的结论。",
        "À la fin de {year}, rien n’avait été trouvé de son effet.",
    ),
    "y:cost_none": (
        "By the end of {year} what poor service costs had not been estimated.",
        "Entro la fine del {year} il costo del cattivo servizio non era stato stimato.",
        "Până la sfârșitul lui {year} costul serviciilor slabe nu fusese estimat.",
        "截至 {year} 年底尚未估算劣质服务的代价。",
        "À la fin de {year}, le coût du mauvais service n’avait pas été estimé.",
    ),
    # -- comments
    "y:h:comments": ("What the sponsors say", "Che cosa dicono gli sponsor", "Ce spun sponsorii", "发起人的意见", "Ce que disent les sponsors"),
    "y:sponsor": ("A sponsor of the program", "Uno sponsor del programma", "Un sponsor al programului", "项目发起人", "Un sponsor du programme"),
    "y:executive": ("An executive", "Una persona della direzione", "Un membru al conducerii", "高层管理者", "Un membre de la direction"),
    "y:comment": ("{who}, {day}: {text}", "{who}, {day}: {text}", "{who}, {day}: {text}", "{who}，{day}：{text}", "{who}, {day} : {text}"),
    # -- method
    "y:method": (
        "What is frozen is told as it was frozen: releases, day by day readings, sign-offs, amendments, findings of the "
        "effect, estimates. What was promised is the plan kept at launch; where none was kept that day, the plan of today "
        "with every amendment undone.",
        "Ciò che è fissato è riportato com’era: pubblicazioni, valori giornalieri, firme, modifiche, risultati sull’effetto, "
        "stime. La promessa è il piano conservato all’avvio; se quel giorno non fu conservato, il piano di oggi con ogni "
        "modifica annullata.",
        "Ce este fixat este redat așa cum a fost: publicări, valori zilnice, semnături, modificări, constatări, estimări. "
        "Promisiunea este planul păstrat la lansare; dacă nu s-a păstrat atunci, planul de azi cu toate modificările anulate.",
        "已固定的内容按固定时的样子呈现：发布结果、逐日数据、签署、修订、成效结论与估算。承诺以启动时保存的计划为准；若当时未保存，则为撤销全部修订后的现行计划。",
        "Ce qui est figé est dit tel quel : publications, valeurs du jour, signatures, modifications, constats, estimations. "
        "La promesse est le plan gardé au lancement ; à défaut, le plan d’aujourd’hui, chaque modification défaite.",
    ),
    "y:undone": (
        "The plan was not kept on the day of the launch: it is told from the amendments, which record every change.",
        "Il piano non fu conservato il giorno dell’avvio: è ricostruito dalle modifiche, che registrano ogni cambiamento.",
        "Planul nu s-a păstrat în ziua lansării: este redat din modificări, care consemnează fiecare schimbare.",
        "启动当日没有保存计划：内容由记录每次变更的修订推得。",
        "Le plan ne fut pas gardé le jour du lancement : il est tiré des modifications, qui notent chaque changement.",
    ),
}  # fmt: skip
