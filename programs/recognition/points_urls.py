from django.urls import URLPattern, path

from programs.recognition import (
    country_views,
    desk_views,
    equity_views,
    hook_views,
    reward_views,
    team_views,
)

urlpatterns: list[URLPattern] = [
    path("thanks/team/", team_views.my_team, name="team"),
    path("thanks/team/rewards/<int:pk>/", team_views.team_decide, name="team_decide"),
    path("thanks/evenness/", equity_views.equity_page, name="equity"),
    path("rewards/mine/<int:pk>/code/", reward_views.code, name="reward_code"),
    path("rewards/desk/<int:pk>/code/", desk_views.code, name="desk_code"),
    path("rewards/desk/countries/", country_views.site_countries, name="countries"),
    path("rewards/desk/hooks/", hook_views.hook_list, name="hooks"),
    path("rewards/desk/hooks/<int:pk>/", hook_views.hook, name="hook"),
    path("rewards/desk/hooks/<int:pk>/act/", hook_views.hook_act, name="hook_act"),
]
