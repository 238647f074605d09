"""What has to speak every language: the templates and modules behind the pages of employees, then of managers.

A test refuses a text of these that lacks a translation; the rest of the interface may still be English.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

# Sign-in, navigation, home, messages, what every page has.
FRAME = """
config/accounts.py config/home.py config/navigation.py config/templatetags/ui.py config/templates/4*.html
config/templates/base.html config/templates/home.html config/templates/public.html config/templates/ui/*.html
config/templates/account/*.html config/templates/mfa/**/*.html culture/access/fresh.py culture/access/signin*.py
culture/access/table.py culture/access/token*.py culture/access/language*.py
culture/templates/culture/access/language*.html
"""
THANKS = """
programs/recognition/award_forms.py programs/recognition/award_home.py programs/recognition/award_models.py
programs/recognition/award_jury_forms.py programs/recognition/award_jury_views.py
programs/recognition/award_nominating.py programs/recognition/award_rounds.py programs/recognition/award_seats.py
programs/recognition/award_views.py programs/recognition/capping.py programs/recognition/feed_models.py
programs/recognition/feed_views.py programs/recognition/forms.py programs/recognition/giving.py
programs/recognition/home.py programs/recognition/milestone_models.py programs/recognition/models.py
programs/recognition/moderating.py programs/recognition/pictures.py programs/recognition/post_models.py
programs/recognition/post_moderating.py programs/recognition/post_views.py programs/recognition/posts.py
programs/recognition/reacting.py programs/recognition/redeeming.py programs/recognition/reward_forms.py
programs/recognition/reward_models.py programs/recognition/reward_views.py programs/recognition/settling.py
programs/recognition/suggesting.py programs/recognition/views.py
programs/templates/programs/recognition/_award_terms.html programs/templates/programs/recognition/_beside.html
programs/templates/programs/recognition/_decided.html programs/templates/programs/recognition/_jury_changes.html
programs/templates/programs/recognition/_home_thanks.html programs/templates/programs/recognition/_kudos.html
programs/templates/programs/recognition/_nominations.html programs/templates/programs/recognition/_older.html
programs/templates/programs/recognition/_pages.html programs/templates/programs/recognition/_p*.html
programs/templates/programs/recognition/_redemption_state.html programs/templates/programs/recognition/_sign.html
programs/templates/programs/recognition/_tabs.html programs/templates/programs/recognition/awards.html
programs/templates/programs/recognition/awards_ballot.html programs/templates/programs/recognition/awards_find.html
programs/templates/programs/recognition/awards_jury.html programs/templates/programs/recognition/awards_mine.html
programs/templates/programs/recognition/awards_nominate.html programs/templates/programs/recognition/awards_round.html
programs/templates/programs/recognition/decisions.html programs/templates/programs/recognition/choices.html
programs/templates/programs/recognition/feed.html programs/templates/programs/recognition/find.html
programs/templates/programs/recognition/give.html programs/templates/programs/recognition/my_rewards.html
programs/templates/programs/recognition/received.html programs/templates/programs/recognition/report.html
programs/templates/programs/recognition/reward.html programs/templates/programs/recognition/rewards.html
programs/templates/programs/recognition/thanks_mail.html
"""
WAY = """
programs/training/answering.py programs/training/certificates.py programs/training/certificate_views.py
programs/training/content_models.py programs/training/home.py programs/training/learning_views.py
programs/training/observation_models.py programs/training/path_models.py programs/training/path_queries.py
programs/training/progress_views.py programs/training/questions.py programs/training/quiz_views.py
programs/training/quizzes.py programs/training/refresher_views.py programs/training/refreshing.py
programs/training/self_view*.py programs/training/session_models.py programs/training/showing_views.py
programs/training/slot_words.py programs/training/thinking.py programs/training/additions.py
programs/training/sessions.py programs/templates/programs/training/my_*.html
programs/templates/programs/training/_[abelmnqrsw]*.html programs/templates/programs/training/_home_way.html
programs/templates/programs/training/attempt.html programs/templates/programs/training/certificate.html
programs/templates/programs/training/lesson.html programs/templates/programs/training/quiz.html
programs/templates/programs/training/refresh*.html programs/templates/programs/training/self_view*.html
programs/templates/programs/training/shown_by.html programs/templates/programs/training/verify.html
"""
PRACTICES = """
programs/practices/forms.py programs/practices/home.py programs/practices/ideas.py programs/practices/idea_views.py
programs/practices/limits.py programs/practices/models.py programs/practices/notes.py programs/practices/recoveries.py
programs/practices/recovery_views.py programs/practices/views.py programs/templates/programs/practices/_[hilopr]*.html
programs/templates/programs/practices/_tabs.html programs/templates/programs/practices/idea.html
programs/templates/programs/practices/idea_edit.html programs/templates/programs/practices/ideas*.html
programs/templates/programs/practices/letters.html programs/templates/programs/practices/log.html
programs/templates/programs/practices/recover*.html programs/templates/programs/practices/today.html
"""
SURVEYS = """
surveys/templates/surveys/answering/_survey.html surveys/templates/surveys/answering/_waiting.html
surveys/templates/surveys/answering/mine.html surveys/templatetags/comments.py
"""
OWN = """
culture/framework/charter.py culture/framework/charter_home.py culture/framework/models.py culture/access/explain.py
culture/people/rights_export.py culture/framework/reading.py culture/framework/sections.py culture/people/rights.py
culture/templates/culture/access/mine.html culture/templates/culture/access/roles.html
culture/templates/culture/framework/charter.html culture/templates/culture/framework/charter_languages.html
culture/templates/culture/framework/charter_none.html culture/templates/culture/framework/charter_other.html
culture/templates/culture/framework/charter_text.html culture/templates/culture/framework/charter_pieces.html
culture/templates/culture/people/rights.html culture/templates/culture/people/rights_sections.html
culture/templates/culture/framework/catalogue.html culture/templates/culture/framework/entry.html
culture/templates/culture/framework/_line.html culture/templates/culture/framework/_tabs.html
programs/planning/action_models.py programs/planning/action_views.py programs/planning/actions.py
programs/planning/home.py programs/templates/programs/planning/_home*program.html
programs/templates/programs/planning/_mine.html programs/templates/programs/planning/action.html
programs/templates/programs/planning/action_end.html programs/templates/programs/planning/actions.html
programs/templates/programs/planning/_amendment.html
"""
# The results of a wave, as managers, and employees it is shared with, read them.
RESULTS = """
surveys/results/cell_html.py surveys/results/comment_files.py surveys/results/comment_views.py
surveys/results/compare*.py surveys/results/cut_pages.py surveys/results/disclosure/reasons.py
surveys/results/export_pages.py surveys/results/heat_pages.py surveys/results/home.py surveys/results/method_*.py
surveys/results/service_pages.py surveys/results/showing.py
surveys/results/telling.py surveys/results/themes.py surveys/results/trend_pages.py surveys/results/views.py
surveys/results/why_pages.py surveys/templatetags/*.py surveys/templates/surveys/results/_*.html
surveys/templates/surveys/results/barriers.html surveys/templates/surveys/results/cards.html
surveys/templates/surveys/results/category.html surveys/templates/surveys/results/comments.html
surveys/templates/surveys/results/comments_here.html surveys/templates/surveys/results/compare*.html
surveys/templates/surveys/results/cut*.html surveys/templates/surveys/results/driver*.html
surveys/templates/surveys/results/export.html surveys/templates/surveys/results/findings.html
surveys/templates/surveys/results/heatmap.html surveys/templates/surveys/results/items.html
surveys/templates/surveys/results/list.html surveys/templates/surveys/results/method.html
surveys/templates/surveys/results/partners.html surveys/templates/surveys/results/rules.html
surveys/templates/surveys/results/service*.html surveys/templates/surveys/results/standing_out.html
surveys/templates/surveys/results/trend.html surveys/templates/surveys/results/trust.html
surveys/templates/surveys/results/unit.html surveys/templates/surveys/results/wave.html
surveys/templates/surveys/results/why.html
"""
# Whether a program works, as everybody is told of it.
EFFECT = """
programs/reports/effect/words.py programs/reports/effect_views.py
programs/templates/programs/reports/effect_how.html
"""
# The words of the file about oneself.
FILE = """
culture/access/people_home.py culture/access/personal.py culture/people/models.py culture/people/rights_models.py
culture/people/rights_people.py programs/planning/personal.py programs/recognition/award_personal.py
programs/recognition/personal*.py programs/training/personal*.py programs/practices/personal.py
programs/reports/personal.py programs/reports/report_personal.py culture/templates/culture/people/rights_file.html
surveys/answering/personal.py surveys/results/personal.py surveys/waves/personal.py
"""
MANAGERS = """
programs/recognition/team*.py programs/templates/programs/recognition/_home_team.html
programs/templates/programs/recognition/team.html programs/templates/programs/recognition/awards_decide.html
programs/recognition/award_deciding.py programs/training/observation_views.py programs/training/observing.py
programs/training/overview.py programs/templates/programs/training/_home_team.html
programs/templates/programs/training/person.html programs/templates/programs/training/team*.html
programs/templates/programs/training/paths_team.html programs/templates/programs/training/paths_person.html
programs/templates/programs/practices/_figures.html programs/templates/programs/practices/idea_decide*.html
programs/templates/programs/practices/team.html programs/templates/programs/planning/_unit*.html
programs/templates/programs/planning/action_edit.html culture/templates/culture/people/employees.html
"""
LISTS = (FRAME, THANKS, WAY, PRACTICES, SURVEYS, RESULTS, EFFECT, OWN, FILE, MANAGERS)


def files(lists: Iterable[str] = LISTS) -> list[Path]:
    """The files these patterns name."""
    root = settings.BASE_DIR
    return sorted({path for text in lists for pattern in text.split() for path in root.glob(pattern) if path.is_file()})
