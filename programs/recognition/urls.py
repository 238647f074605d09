from django.urls import URLPattern, path

from programs.recognition import (
    award_urls,
    desk_views,
    fairness_views,
    giving_urls,
    ledger_views,
    points_urls,
    reward_views,
    rule_views,
)

app_name = "recognition"

urlpatterns: list[URLPattern] = [
    *giving_urls.urlpatterns,
    *award_urls.urlpatterns,
    *points_urls.urlpatterns,
    path("thanks/ledger/", ledger_views.ledger, name="ledger"),
    path("thanks/ledger/export.csv", ledger_views.export, name="ledger_export"),
    path("thanks/ledger/correct/", rule_views.correct, name="correct"),
    path("thanks/rules/", rule_views.point_rules, name="rules"),
    path("thanks/rules/allowances/", rule_views.add_allowance, name="add_allowance"),
    path("thanks/rules/allowances/<int:pk>/remove/", rule_views.remove_allowance, name="remove_allowance"),
    path("thanks/patterns/", fairness_views.patterns, name="patterns"),
    path("thanks/patterns/<int:pk>/", fairness_views.decide, name="decide_pattern"),
    path("rewards/", reward_views.rewards, name="rewards"),
    path("rewards/mine/", reward_views.my_rewards, name="my_rewards"),
    path("rewards/<int:pk>/", reward_views.reward, name="reward"),
    path("rewards/mine/<int:pk>/cancel/", reward_views.cancel, name="cancel"),
    path("rewards/desk/", desk_views.desk, name="desk"),
    path("rewards/desk/<int:pk>/", desk_views.decide, name="decide"),
    path("rewards/desk/payroll.csv", desk_views.payroll, name="payroll"),
    path("rewards/catalogue/", desk_views.rewards, name="reward_list"),
    path("rewards/catalogue/new/", desk_views.edit, name="reward_new"),
    path("rewards/catalogue/<int:pk>/", desk_views.edit, name="reward_edit"),
    path("rewards/catalogue/<int:pk>/codes/", desk_views.codes, name="reward_codes"),
    path("rewards/catalogue/<int:pk>/retire/", desk_views.retire, name="retire"),
]
