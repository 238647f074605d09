"""Addresses of awards, milestones and team proposals."""

from django.urls import URLPattern, path

from programs.recognition import award_desk_views, award_jury_views, award_views, milestone_views, post_views

urlpatterns: list[URLPattern] = [
    path("awards/", award_views.awards, name="awards"),
    path("awards/mine/", award_views.my_awards, name="my_awards"),
    path("awards/mine/<int:pk>/withdraw/", award_views.withdraw_nomination, name="withdraw_nomination"),
    path("awards/won/<int:pk>/certificate.pdf", award_views.certificate, name="award_certificate"),
    path("awards/rounds/<int:pk>/", award_views.award_round, name="award_round"),
    path("awards/rounds/<int:pk>/nominate/", award_views.nominate, name="nominate"),
    path("awards/jury/", award_jury_views.jury, name="award_jury"),
    path("awards/jury/<int:pk>/", award_jury_views.ballot, name="award_ballot"),
    path("awards/jury/candidates/<int:pk>/vote/", award_jury_views.vote, name="award_vote"),
    path("awards/jury/<int:pk>/decide/", award_jury_views.decide, name="award_decide"),
    path("awards/jury/candidates/<int:pk>/decide/", award_jury_views.decide_one, name="award_decide_one"),
    path("awards/manage/", award_desk_views.manage, name="award_manage"),
    path("awards/manage/new/", award_desk_views.edit, name="award_new"),
    path("awards/manage/<int:pk>/", award_desk_views.edit, name="award_edit"),
    path("awards/manage/<int:pk>/budget/", award_desk_views.fund, name="award_fund"),
    path("awards/manage/<int:pk>/retire/", award_desk_views.retire, name="award_retire"),
    path("awards/manage/rounds/<int:pk>/", award_desk_views.round_desk, name="award_desk_round"),
    path("awards/manage/milestones/", milestone_views.milestones, name="milestones"),
    path("awards/manage/milestones/budget/", milestone_views.fund_milestones, name="milestone_fund"),
    path("awards/manage/teams/", milestone_views.proposals, name="proposals"),
    path("awards/manage/teams/<int:pk>/", milestone_views.decide_proposal, name="decide_proposal"),
    path("thanks/news/<int:pk>/hide/", post_views.hide, name="hide_post"),
    path("thanks/news/<int:pk>/react/", post_views.react, name="react_to_post"),
    path("thanks/news/<int:pk>/reply/", post_views.reply, name="reply_to_post"),
    path("thanks/news/<int:pk>/report/", post_views.report, name="report_post"),
    path("thanks/reports/news/<int:pk>/", post_views.decide, name="decide_post_report"),
    path("thanks/decisions/", post_views.told, name="decisions"),
]
