from django.urls import URLPattern, path

from programs.reports import board_views as views

YEAR = "scorecard/<int:program_id>/year/<int:year>/"
urlpatterns: list[URLPattern] = [
    path("board/", views.board_view, name="board"),
    path("board/report/", views.board_read, name="board_read"),
    path("board/report/<slug:kind>/", views.board_file, name="board_file"),
    path("board/publish/", views.board_publish, name="board_publish"),
    path("scorecard/<int:program_id>/year/", views.latest_year, name="years"),
    path(YEAR, views.year_view, name="year"),
    path(f"{YEAR}comment/", views.year_comment, name="year_comment"),
    path(f"{YEAR}publish/", views.year_publish, name="year_publish"),
    path(f"{YEAR}file/<slug:kind>/", views.year_file, name="year_file"),
]
