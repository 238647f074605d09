"""Whose words a text field holds. OURS: the organisation's own, or the machine's; they say nothing of a person.
FREE_TEXT: a person's words, or words about one, and what becomes of them when he is erased.
"""

GOES = "removed with him"
ALONE = "part of the person's record: replaced when he is erased"

FREE_TEXT: dict[str, str] = {
    "Employee.given_name": ALONE,
    "Employee.family_name": ALONE,
    "Employee.email": ALONE,
    "Employee.password": ALONE,
    "Employee.job_family": ALONE,
    "Employee.job_title": ALONE,
    "Employee.site": ALONE,
    "Employee.time_zone": ALONE,
    "Employee.search": "made from the name: replaced with it",
    "Employee.sort_name": "made from the name: replaced with it",
    "Employee.sort_ro": "made from the name: replaced with it",
    "Employee.sort_zh": "made from the name: replaced with it",
    "Grant.reason": "goes with the grant, by the rights registry",
    "Grant.ended_reason": "goes with the grant, by the rights registry",
    "AuditEntry.subject": "stays: names people by id only, which leads nowhere after erasure",
    "AuditEntry.detail": "stays: names people by id only, which leads nowhere after erasure; no answer, no comment",
    "ImportEffect.name": "scrubbed by the rights registry",
    "ImportEffect.before": "scrubbed by the rights registry",
    "ImportEffect.after": "scrubbed by the rights registry",
    "ImportDraft.file_name": "a draft lives for a day",
    "ImportDraft.content": "a draft lives for a day",
    "ImportDraft.options": "a draft lives for a day",
    "ImportDraft.told": "a draft lives for a day",
    "DraftRow.number": "a draft lives for a day",
    "DraftRow.name": "a draft lives for a day",
    "DraftRow.detail": "a draft lives for a day",
    "AddressChange.old_address": GOES,
    "ApiToken.digest": GOES,
    "PeopleImport.file_name": "the file's name, not what was in it: stays as proof",
    "PlannedChange.people": "ids of who moves with a split: done and gone within its date",
    "LegalHold.reason": "why a person must not be erased: goes when the hold is lifted and he is erased",
    "RetentionPause.reason": "why nothing expires: names no person",
    "ReadinessJudgement.evidence": "a sponsor's words about the organisation: scrubbed by the rights registry",
    "TailoringChange.reason": "an editor's words about the framework: stays, names him by id only",
    "Amendment.reason": "why a program was changed: the organisation's decision, never rewritten",
    "Program.readiness_reason": "why a program began all the same: the organisation's decision, stays",
    "Kudos.story": "thanks about a colleague: scrubbed by the rights registry",
    "LedgerEntry.note": "why points were corrected: the ledger cannot be changed; the form asks to name nobody",
    "Pattern.note": "what HR found in a pattern: goes with the pattern when one of its people is erased",
    "Redemption.note": "emptied by the rights registry",
    "RedemptionStep.note": "emptied by the rights registry",
    "QuizAttempt.answers": GOES,
    "Thought.text": GOES,
    "SelfView.note": GOES,
    "Refresher.answers": GOES,
    "CourseUpload.content": "a course somebody looks at before taking it over: a day, and removed with him",
    "CourseUpload.sha256": "a fingerprint of that file",
    "Observation.note": "words about somebody's behaviour: emptied by the rights registry",
    "Attained.evidence": "kept without the person's words, by the rights registry",
    "Revocation.reason": "why something counts no more: emptied by the rights registry",
    "Exemption.reason": "why somebody was spared: emptied by the rights registry",
    "Completion.evidence": "kept without the person's words, by the rights registry",
    "DeadAddress.digest": "a keyed digest of an address that bounced: by the rights registry",
    "Announcement.error": "the mail server's refusal: removed with the announcement",
    "Message.error": "the mail server's refusal: removed with the invitations after the release",
    "InboxEnvelope.sealed": "an answer nobody can read and nobody can find: goes when the wave closes",
    "Draft.sealed": "goes when the answer is sent, and at closing",
    "SealedComment.text": "an answer without a person: cannot be found, stays with its wave",
    "ReleasedComment.text": "released comments without a person, names masked where HR chose so: stay with their wave",
    "ReleasedComment.folded": "the words of the released text, for searching: stay with it",
}
OURS: set[str] = {
    # training paths: what the organisation asks of whom
    "Path.name", "Path.summary", "PathRule.job_family", "TrainingNight.told",
    # kiosks, codes and web hooks
    "Signature.text", "Invitation.address_mark", "Code.digest", "Kiosk.name", "Kiosk.site", "Endpoint.name",
    "Endpoint.url", "Endpoint.salt", "Endpoint.problem",
    # what a program promises of itself: the organisation's plan
    "Program.setup", "Stage.goal", "Stage.exit_criteria", "Amendment.changes", "Draw.seed", "Draw.pool",
    "Draw.days", "Draw.result", "Milestone.title", "Milestone.readings",
    "Risk.what", "Risk.answer", "Duty.what",
    # rewards and the proof of the books
    "Reward.name", "Reward.description", "Reward.tax_notes", "RewardCode.code",
    "Proof.findings", "Pattern.evidence", "Pattern.key",
    # what was set up
    "Program.name", "Program.charter", "Program.readiness_below", "Cohort.name", "Course.name", "Course.summary",
    "Action.what", "Action.outcome", "CourseVersion.quiz", "Session.place", "Session.time_zone",
    "Course.names", "Course.summaries", "CourseVersion.quiz_words", "Lesson.texts", "Lesson.reflect", "Lesson.video",
    "Blob.content", "CourseFile.name", "Refresher.asked",
    "Session.cancel_reason", "QuizAttempt.asked", "Lesson.title", "Lesson.body", "Instrument.name",
    "Instrument.purpose",
    "EditStep.before",
    "InstrumentVersion.sections", "Item.options", "Item.text", "Item.help", "Item.show_if", "ServiceLink.kind",
    "Series.name", "Series.rule", "Series.blackout", "Wave.curve", "Wave.left_out", "Wave.progress",
    "Wave.cancel_reason", "Unit.name", "Unit.path", "UnitState.name", "PlannedChange.name", "PlannedChange.problem",
    "RequirementProfile.job_family", "Organisation.name", "Organisation.time_zone", "Organisation.sender_name",
    "Organisation.sender_address", "CharterVersion.mission", "CharterVersion.philosophy", "CharterVersion.strategy",
    "ServiceStandard.text", "ServiceStandard.measure", "ImportSource.key", "ImportSource.name",
    "ImportSource.mapping",
    # the catalogue and its tailoring
    *(
        f"{model}.{field}"
        for model in ("Requirement", "Behaviour", "Condition", "Practice", "Notion", "Figure")
        for field in ("text", "detail", "tailored_text", "tailored_detail", "tailored_base")
    ),
    *(f"{model}.{field}" for model in ("Requirement", "Behaviour") for field in ("who", "moment", "before")),
    "CatalogueVersion.counts", "CatalogueVersion.changed", "TailoringChange.code", "TailoringChange.before",
    "TailoringChange.after",
    # counts, keys, frozen rules: no person in them
    "LedgerEntry.reason", "Wave.rules", "Wave.snapshot", "Wave.public_key",
    "ReceiptList.digests", "Wave.participation", "Release.rules", "Release.instrument",
    "Release.why", "Release.changes",
    "Release.rules_hash", "CellGroup.name", "CellGroup.cells", "SetupLink.digest", "SetupLink.visit_digest",
    "SignInLink.digest", "PeopleImport.sha256", "PeopleImport.counts", "PeopleImport.about",
    "PeopleImport.undo_refused", "ImportDraft.sha256", "Erasure.counts",
}  # fmt: skip
