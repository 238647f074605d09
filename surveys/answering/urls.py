from django.urls import path

from surveys.answering import ahead, batches, code_door, kiosk, mine, preview, views, worker

app_name = "answering"
urlpatterns = [
    path("questionnaires/<slug:key>/preview/", preview.preview, name="preview"),
    path("questionnaires/<slug:key>/preview/page/", preview.preview_page, name="preview_page"),
    path("my/surveys/", mine.mine, name="mine"),
    path("s/", views.lost, name="no_token"),
    path("s/worker.js", worker.worker, name="worker"),
    path("s/offline/", worker.shell, name="shell"),
    path("s/<str:token>", views.without_slash, name="without_slash"),
    path("s/<str:token>/", views.start, name="start"),
    path("s/<str:token>/leave/", code_door.leave, name="leave"),
    path("s/<str:token>/ahead/", ahead.ahead, name="ahead"),
    path("s/<str:token>/answers/", batches.answers, name="answers"),
    path("s/<str:token>/check/", views.check, name="check"),
    path("s/<str:token>/thanks/", views.thanks, name="thanks"),
    path("s/<str:token>/<int:number>/", views.page, name="page"),
    path("s/<path:rest>", views.lost, name="lost"),
    path("c/", code_door.code, name="code"),
    path("c/<str:printed>/", code_door.code, name="code_filled"),
    path("k/<str:key>/", kiosk.enter, name="kiosk"),
    path("k/<str:key>/end/", kiosk.end, name="kiosk_end"),
    path("k/<str:key>/stay/", kiosk.stay, name="kiosk_stay"),
    path("k/<str:key>/thanks/", kiosk.thanks, name="kiosk_thanks"),
    path("k/<str:key>/survey/", kiosk.start, name="kiosk_start"),
    path("k/<str:key>/survey/check/", kiosk.check, name="kiosk_check"),
    path("k/<str:key>/survey/<int:number>/", kiosk.page, name="kiosk_page"),
]
