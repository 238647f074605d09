"""Addresses of comments, of sharing and of corrections; part of the room's urls."""

from django.urls import path

from surveys.results import comment_files, comment_views, correction_views, moderation_views, sharing_views

urlpatterns = [
    path("results/comments/", moderation_views.queue, name="moderation"),
    path("results/<int:wave_id>/comments/", comment_views.comments_page, name="comments"),
    path("results/<int:wave_id>/comments.csv", comment_files.as_csv, name="comments_export"),
    path("results/<int:wave_id>/comments.xlsx", comment_files.as_xlsx, name="comments_export_xlsx"),
    path("results/<int:wave_id>/comments.json", comment_files.as_json, name="comments_export_json"),
    path("results/comments/<int:wave_id>/", moderation_views.moderate, name="moderate"),
    path("results/comments/<int:wave_id>/done/", moderation_views.finish, name="moderate_done"),
    path("results/<int:wave_id>/sharing/", sharing_views.wave_sharing, name="sharing"),
    path("results/sharing/<int:series_id>/", sharing_views.series_sharing, name="series_sharing"),
    path("results/<int:wave_id>/corrections/", correction_views.corrections, name="corrections"),
    path("results/<int:wave_id>/corrections/new/", correction_views.correct, name="correct"),
    path("results/<int:wave_id>/releases/<int:number>/", correction_views.as_it_was, name="release_as_it_was"),
]
