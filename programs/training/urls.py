from django.urls import path

# Imported for what it adds to a program's overview.
from programs.training import my_views, observation_views, overview, quiz_views, session_views, views  # noqa: F401

app_name = "training"
urlpatterns = [
    path("courses/", views.list_courses, name="courses"),
    path("courses/new/", views.new, name="new"),
    path("courses/ready/", views.add_ready, name="add_ready"),
    path("courses/<int:pk>/", views.detail, name="detail"),
    path("courses/<int:pk>/edit/", views.edit, name="edit"),
    path("courses/<int:pk>/publish/", views.publish, name="publish"),
    path("courses/<int:pk>/assign/", views.assign, name="assign"),
    path("courses/<int:pk>/questions/", quiz_views.import_quiz, name="import_quiz"),
    path("courses/<int:pk>/questions.<str:form>", quiz_views.quiz_file, name="quiz_file"),
    path("my/training/", my_views.my_training, name="my_training"),
    path("my/training/<int:pk>/", my_views.my_course, name="my_course"),
    path("my/training/<int:pk>/lessons/<int:position>/", my_views.lesson, name="lesson"),
    path("my/training/<int:pk>/quiz/", my_views.quiz, name="quiz"),
    path("my/training/<int:pk>/quiz/<int:attempt_pk>/", my_views.attempt, name="attempt"),
    path("courses/<int:pk>/sessions/new/", session_views.new, name="session_new"),
    path("sessions/<int:pk>/", session_views.session, name="session"),
    path("sessions/<int:pk>/edit/", session_views.edit, name="session_edit"),
    path("sessions/<int:pk>/do/", session_views.act, name="session_act"),
    path("sessions/<int:pk>/seats.csv", session_views.seats_csv, name="session_seats"),
    path("my/sessions/<int:pk>/", session_views.my_seat, name="my_seat"),
    path("my/sessions/<int:pk>/calendar.ics", session_views.my_calendar, name="my_calendar"),
    path("my/behaviours/", observation_views.mine, name="my_behaviours"),
    path("team/training/", my_views.team, name="team"),
    path("team/training/<int:pk>/", observation_views.person, name="person"),
    path("team/training/<int:pk>/notes/<int:observation_pk>/withdraw/", observation_views.withdraw, name="withdraw"),
    path("courses/sightings/", observation_views.rules, name="sighting_rules"),
]
