from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models exist only now; each room says what it holds about a person.
        from programs.planning import aftermath, indicators, unit_panel  # noqa: F401 - contributes when imported
        from programs.planning import home as planning_home  # noqa: F401
        from programs.planning import personal as planning
        from programs.recognition import home as recognition_home  # noqa: F401
        from programs.recognition import in_plan as recognition_in_plan
        from programs.recognition import personal as recognition
        from programs.training import checks  # noqa: F401
        from programs.training import home as training_home  # noqa: F401
        from programs.training import in_plan as training_in_plan
        from programs.training import personal as training

        aftermath.register()
        indicators.register_own()
        training_in_plan.register()
        recognition_in_plan.register()
        planning.register()
        training.register()
        recognition.register()
