"""The endpoints of courses: reading what is in one, writing its draft, publishing it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access import organisation
from programs.training import courses, editions, quizzes
from programs.training.api_base import ByAction, me
from programs.training.interchange.plans import CoursePlan, LessonPlan, LessonText
from programs.training.models import Course, CourseVersion, Lesson
from programs.training.questions import Kind

RULES = ("draw", "tries", "cooldown_hours", "shuffled")


class CourseVersionSerializer(serializers.ModelSerializer[CourseVersion]):
    class Meta:
        model = CourseVersion
        fields = ["number", "published_at", "pass_mark"]


class CourseSerializer(serializers.ModelSerializer[Course]):
    versions = CourseVersionSerializer(many=True)

    class Meta:
        model = Course
        fields = ["id", "name", "summary", "requirements", "versions"]


class QuestionSerializer(serializers.Serializer[Any]):
    """``right``: indexes of ``options`` (for ``order``: the options stand in the right order); ``answer``: a number's.

    ``name``: who it is; sent back, its translations stay with it.
    """

    name = serializers.CharField(default="", allow_blank=True, max_length=60)
    kind = serializers.ChoiceField(choices=Kind.values, default=Kind.ONE)
    text = serializers.CharField(max_length=2000)
    why = serializers.CharField(default="", allow_blank=True, max_length=2000)
    options = serializers.ListField(child=serializers.CharField(max_length=500, allow_blank=True), default=list)
    reasons = serializers.ListField(child=serializers.CharField(max_length=1000, allow_blank=True), default=list)
    right = serializers.ListField(child=serializers.IntegerField(), default=list)
    answer = serializers.CharField(default="", allow_blank=True, max_length=20)
    tolerance = serializers.CharField(default="", allow_blank=True, max_length=20)
    unit = serializers.CharField(default="", allow_blank=True, max_length=40)


class LessonSerializer(serializers.Serializer[Lesson]):
    """``key``: who it is; sent back, its translations stay with it. ``body`` is Markdown; ``video`` an https address or
    ``files/…``; ``minutes`` 0: estimated."""

    key = serializers.CharField(default="", allow_blank=True, max_length=12)
    title = serializers.CharField(max_length=200)
    body = serializers.CharField()
    reflect = serializers.CharField(default="", allow_blank=True, max_length=1000)
    video = serializers.CharField(default="", allow_blank=True, max_length=500)
    minutes = serializers.IntegerField(default=0, min_value=0, max_value=240)


class ContentSerializer(serializers.ModelSerializer[CourseVersion]):
    """What is in one version, in its main language; what of it is written in others is kept with it."""

    lessons = LessonSerializer(many=True)
    quiz = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta:
        model = CourseVersion
        fields = [
            "number", "published_at", "language", "languages", "lessons", "quiz", "pass_mark", *RULES, "sessions",
            "files",
        ]  # fmt: skip

    def get_quiz(self, version: CourseVersion) -> list[dict[str, Any]]:
        return list(version.quiz)

    def get_files(self, version: CourseVersion) -> list[str]:
        return sorted(file.name for file in version.files.all())


class CourseDetailSerializer(CourseSerializer):
    """With the refreshers, and ``content``: of the draft where there is one, else of the newest version."""

    content = serializers.SerializerMethodField()

    class Meta(CourseSerializer.Meta):
        fields = [*CourseSerializer.Meta.fields, "refresh_days", "refresh_questions", "content"]

    def get_content(self, course: Course) -> dict[str, Any] | None:
        newest = editions.newest(course)
        return dict(ContentSerializer(newest).data) if newest else None


class CourseWriting(serializers.Serializer[Any]):
    """A draft, whole, in the course's main language: what is left out is empty. Translations of lessons and questions
    that are sent with their ``key`` or ``name`` stay, and so do files."""

    name = serializers.CharField(max_length=200)
    summary = serializers.CharField(default="", allow_blank=True)
    requirements = serializers.ListField(child=serializers.CharField(max_length=8), default=list)
    lessons = LessonSerializer(many=True)
    quiz = QuestionSerializer(many=True, default=list)
    pass_mark = serializers.IntegerField(default=70)
    draw = serializers.IntegerField(default=0, min_value=0, max_value=200)
    tries = serializers.IntegerField(default=0, min_value=0, max_value=100)
    cooldown_hours = serializers.IntegerField(default=0, min_value=0, max_value=quizzes.MOST_HOURS)
    shuffled = serializers.BooleanField(default=False)
    sessions = serializers.IntegerField(default=0, min_value=0, max_value=50)
    refresh_days = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=10)
    refresh_questions = serializers.IntegerField(required=False, min_value=1, max_value=10)

    def validate_quiz(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(rows) > 200:
            raise serializers.ValidationError("At most 200 questions.")
        return [dict(row) for row in rows]

    def plan(self, before: CoursePlan | None) -> CoursePlan:
        """``before``: the course as it stands; other languages stay as they were, lesson by lesson."""
        data = self.validated_data
        main = before.language if before else organisation.current().language
        plan = replace(before) if before else CoursePlan(language=main, languages=[main], names={}, summaries={})
        old = {lesson.key: lesson for lesson in before.lessons if lesson.key} if before else {}
        plan.names = {**plan.names, main: data["name"]}
        plan.summaries = {**plan.summaries, main: data["summary"]}
        plan.requirements, plan.pass_mark, plan.sessions = data["requirements"], data["pass_mark"], data["sessions"]
        plan.lessons = [_lesson(row, main, old) for row in data["lessons"]]
        plan.quiz = data["quiz"]
        if before:
            plan.quiz_words = editions.realigned(before.quiz, plan.quiz, before.quiz_words)
        plan.rules = quizzes.Rules(**{name: data[name] for name in RULES})
        plan.refresh_days = data.get("refresh_days", plan.refresh_days)
        plan.refresh_questions = data.get("refresh_questions", plan.refresh_questions)
        plan.files = None
        return plan


def _lesson(row: dict[str, Any], main: str, old: dict[str, LessonPlan]) -> LessonPlan:
    was = old.get(row["key"])
    others = {code: text for code, text in was.texts.items() if code != main} if was else {}
    text = LessonText(row["title"], row["body"], row["reflect"])
    return LessonPlan({main: text, **others}, row["minutes"], row["video"], was.key if was else "")


class CourseViewSet(ByAction, viewsets.ReadOnlyModelViewSet[Course]):
    """Courses and their versions; what is in one (``GET`` of one); writing the draft of one, and publishing it."""

    serializer_class = CourseSerializer
    queryset = Course.objects.none()
    writing = frozenset({"create", "update", "publish"})

    def get_serializer_class(self) -> type[Any]:
        return CourseDetailSerializer if self.action == "retrieve" else CourseSerializer

    def get_queryset(self) -> QuerySet[Course]:
        return Course.objects.prefetch_related("versions")

    def create(self, request: Request) -> Response:
        return self._write(request, None)

    def update(self, request: Request, pk: str | None = None) -> Response:
        return self._write(request, self.get_object())

    def _write(self, request: Request, course: Course | None) -> Response:
        data = CourseWriting(data=request.data)
        data.is_valid(raise_exception=True)
        last = editions.newest(course) if course else None
        draft = editions.write(by=me(request), course=course, plan=data.plan(editions.plan_of(last) if last else None))
        shown = CourseDetailSerializer(self.get_queryset().get(pk=draft.course.pk)).data
        return Response(shown, status=status.HTTP_200_OK if course else status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str | None = None) -> Response:
        course = self.get_object()
        version = courses.publish_draft(by=me(request), course=course)
        return Response(CourseVersionSerializer(version).data)


routes: list = [("courses", CourseViewSet)]
