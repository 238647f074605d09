from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models exist only now; each room says what it holds about a person.
        from surveys.answering import aftermath
        from surveys.answering import personal as answering
        from surveys.results import home as results_home  # noqa: F401 - contributes when imported
        from surveys.results import personal as results
        from surveys.results import sharing
        from surveys.waves import home as waves_home  # noqa: F401
        from surveys.waves import personal as waves

        waves.register()
        answering.register()
        results.register()
        aftermath.register_day(sharing.day_for_everybody)
