from django.urls import URLPattern, path

from programs.practices import desk_views, idea_views, recovery_views, views

app_name = "practices"

urlpatterns: list[URLPattern] = [
    path("practices/", views.today, name="today"),
    path("practices/log/", views.log, name="log"),
    path("practices/log/<int:pk>/remove/", views.remove, name="remove"),
    path("practices/letters/", views.letters, name="letters"),
    path("practices/ideas/", idea_views.library, name="ideas"),
    path("practices/ideas/mine/", idea_views.mine, name="my_ideas"),
    path("practices/ideas/new/", idea_views.propose, name="propose"),
    path("practices/ideas/<int:pk>/", idea_views.idea, name="idea"),
    path("practices/ideas/<int:pk>/act/", idea_views.act, name="idea_act"),
    path("practices/ideas/<int:pk>/decide/", idea_views.decide, name="decide_idea"),
    path("practices/complaints/", recovery_views.mine, name="recoveries"),
    path("practices/complaints/new/", recovery_views.new, name="recovery_new"),
    path("practices/complaints/<int:pk>/", recovery_views.recovery, name="recovery"),
    path("practices/complaints/<int:pk>/decide/", recovery_views.decide, name="decide_recovery"),
    path("practices/complaints/<int:pk>/<slug:what>/", recovery_views.act, name="recovery_act"),
    path("practices/team/", desk_views.team, name="team"),
    path("practices/desk/", desk_views.desk, name="desk"),
    path("practices/desk/limits/", desk_views.add_limit, name="add_limit"),
    path("practices/desk/limits/<int:pk>/remove/", desk_views.remove_limit, name="remove_limit"),
    path("practices/desk/hours/", desk_views.set_hours, name="set_hours"),
    path("programs/<int:pk>/practices/", desk_views.program, name="program"),
]
