"""The catalogue as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from culture.access.permissions import Permission, require
from culture.framework.models import Behaviour, Condition, Dimension, Practice, Requirement
from culture.framework.texts import pick

SOURCES = {
    "IT1": "Models of service and attitude",
    "RO": "Purpose of customer service",
    "ZH": "Satisfaction and the service triangle",
    "FR": "Winning loyalty",
    "IT2": "Memorable service",
}
QUESTIONS = {
    Dimension.WANT: "Willing to give good service",
    Dimension.KNOW: "Knows how to give quality service",
    Dimension.CAN: "Is enabled to give good service",
}


@require(Permission.DO_TRAINING)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything the culture asks of people and of the organisation. Everybody may read it."""
    requirements, behaviours = list(Requirement.objects.all()), list(Behaviour.objects.all())
    conditions = list(Condition.objects.all())
    context = {
        "dimensions": [
            {
                "key": dimension.value,
                "question": question,
                "requirements": [r for r in requirements if r.dimension == dimension],
            }
            for dimension, question in QUESTIONS.items()
        ],
        "attitudes": [b for b in behaviours if b.kind == Behaviour.Kind.ATTITUDE],
        "sins": [b for b in behaviours if b.kind == Behaviour.Kind.SIN],
        "signs": [b for b in behaviours if b.kind == Behaviour.Kind.SIGN],
        "successes": [c for c in conditions if c.kind == Condition.Kind.SUCCESS],
        "duties": [c for c in conditions if c.kind == Condition.Kind.DUTY],
        "practices": [{"entry": practice, "detail": pick(practice.detail)} for practice in Practice.objects.all()],
        "sources": SOURCES,
        "empty": not requirements,
    }
    return render(request, "culture/framework/catalogue.html", context)
