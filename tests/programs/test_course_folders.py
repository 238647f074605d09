"""Courses as folders: read with file and line of whatever is wrong, refused whole, and written the same again."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.framework.loading import load_catalogue
from programs.training import courses, importing, loading
from programs.training.content_models import Blob, CourseFile, CourseUpload
from programs.training.interchange import archive, folder, folder_writing
from programs.training.interchange.plans import CoursePlan, LessonPlan, LessonText, translated
from programs.training.models import Completion, Course, CourseVersion
from programs.training.quizzes import Rules
from tests.programs.course_folders import EN_ONE, EN_QUIZ, HEAD, IT_QUIZ, PNG, zipped
from tests.programs.course_folders import folder as made


def test_a_sound_folder_is_read_as_meant() -> None:
    read = folder.read(made())
    assert [read.problems, read.missing, read.remarks] == [[], [], []]
    plan = read.course
    assert (plan.slug, plan.language, plan.languages, plan.pass_mark) == ("greeting", "en", ["en", "it"], 60)
    assert plan.names["it"] == "Il saluto" and plan.lessons[0].texts["it"].reflect == "Chi hai salutato oggi?"
    assert plan.lessons[0].minutes == 4 and [question["name"] for question in plan.quiz] == ["q01", "q02", "q03"]
    assert plan.quiz_words["it"]["q01"]["options"] == ["Un saluto", "Un modulo"]
    assert plan.quiz_words["it"]["q01"]["why"] == "Prima saluta."
    assert plan.files == {"door.png": PNG, "list.pdf": b"%PDF-1.7 a list"}
    assert translated("it", plan).missing == []


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"course.toml": HEAD.replace("pass_mark = 60", "pass_mark = 101")}, "course.toml, line 3: “pass_mark” must be"),
    (
        {"course.toml": HEAD.replace("pass_mark", "pasmark")},
        "line 3: “pasmark” is not known here. Did you mean “pass_m",
    ),
    ({"course.toml": HEAD.replace('slug = "greeting"', "slug = ")}, "course.toml, line 1: This is not TOML"),
    ({"course.toml": HEAD.replace('slug = "greeting"\n', "")}, "There is no slug"),
    ({"course.toml": HEAD.replace('"greeting"', '"../x"')}, "line 1: “slug” must be"),
    ({"course.toml": HEAD.replace('en = "Greeting"\n', "")}, "The course has no name in “en”"),
    ({"course.toml": "draw = 9\n" + HEAD}, "only 3 questions to draw from"),
    ({"course.toml": "tries = 2\n" + HEAD}, "line 1: Say after how many hours"),
    ({"en/01-say-hello.md": EN_ONE.removeprefix("+++\n")}, "en/01-say-hello.md, line 1: The first line must be +++"),
    (
        {"en/01-say-hello.md": EN_ONE.replace("minutes = 4", "minutes = four")},
        "en/01-say-hello.md, line 3: This is not TOML",
    ),
    (
        {"en/01-say-hello.md": EN_ONE.replace("minutes = 4\n", "").replace('"\n+++', '"\n')},
        "second line +++ is missing",
    ),
    ({"en/01-say-hello.md": EN_ONE.replace("title", "titel")}, "line 2: “titel” is not known here"),
    ({"en/02-use-the-name.md": '+++\ntitle = "Empty"\n+++\n\n'}, "en/02-use-the-name.md, line 4: This lesson is empty"),
    (
        {"en/01-say-hello.md": EN_ONE.replace("door.png", "gate.png")},
        "en/01-say-hello.md, line 9: files/gate.png is not",
    ),
    (
        {"en/01-say-hello.md": EN_ONE.replace("files/door.png", "https://x.test/a.png")},
        "line 9: Pictures from elsewhere",
    ),
    ({"en/01-say-hello.md": EN_ONE.replace("minutes = 4", 'video = "javascript:x"')}, "line 2: A film is an address"),
    ({"en/greeting.md": EN_ONE}, "en/greeting.md: A lesson's file begins with its number"),
    ({"en/1-again.md": EN_ONE}, "two lessons with the number 1"),
    ({"en/01-say-hello.md": None, "en/02-use-the-name.md": None}, "Lesson 1 is missing in “en”, the main language"),
    ({"fr/01-salut.md": EN_ONE}, "The folder “fr” is not among the languages"),
    (
        {"en/quiz.gift": EN_QUIZ.replace("=A greeting", "~A greeting")},
        "en/quiz.gift, line 1: “What opens the door?”: No an",
    ),
    ({"it/quiz.gift": IT_QUIZ.replace("{#10:0}", "{#soon}")}, "it/quiz.gift, line 7"),
    (
        {"it/quiz.gift": IT_QUIZ.replace("{#10:0}", "{#9:0}")},
        "it/quiz.gift, line 7: ::q02:: The right number is another",
    ),
    (
        {"it/quiz.gift": IT_QUIZ.replace("=Un s", "~Un s").replace("~Un m", "=Un m")},
        "line 1: ::q01:: Other answers are marked",
    ),
    ({"it/quiz.gift": IT_QUIZ.replace("\nSaluta", "\nSaluta\nSorridi")}, "line 9: ::q03:: It has 3 answers, not 2"),
    (
        {"it/quiz.gift": IT_QUIZ.replace("::q02::", "::q09::")},
        "it/quiz.gift, line 7: The main language has no question",
    ),
    ({"it/quiz.gift": IT_QUIZ.replace("::q02::", "")}, "it/quiz.gift, line 7: This question has no name"),
    ({"en/quiz.gift": EN_QUIZ.replace("::q02::", "::q01::")}, "en/quiz.gift, line 7: The name ::q01:: is there twice"),
    (
        {"it/02-use-the-name.md": b'+++\ntitle = "x"\n+++\nperch\xe9'},
        "it/02-use-the-name.md, line 4: This is not UTF-8",
    ),
    ({"it/02-use-the-name.md": b'+++\ntitle = "x"\n+++\n\0'}, "line 4: This is not a text file"),
    ({"files/door.png": b"GIF89a"}, "files/door.png: Its content is not what its ending"),
    ({"files/door.exe": b"MZ"}, "files/door.exe: Files of this kind are not taken"),
    ({"files/sub/door.png": PNG}, "files/sub/door.png: The name of a file"),
    ({"files/a.svg": b"<svg xmlns='x'><script>1</script></svg>"}, "files/a.svg: This picture contains a script"),
    ({"files/a.svg": b"<svg xmlns='x' onload = 'x()'></svg>"}, "files/a.svg: This picture contains a script"),
]


@pytest.mark.parametrize(("changed", "told"), BROKEN)
def test_what_is_wrong_is_named_with_file_and_line(changed: dict[str, Any], told: str) -> None:
    problems = [str(problem) for problem in folder.read(made(**changed)).problems]
    assert any(told in problem for problem in problems), problems


def test_what_is_not_translated_is_missing_not_wrong() -> None:
    read = folder.read(made(**{"it/02-use-the-name.md": None, "it/quiz.gift": IT_QUIZ.split("::q03::")[0]}))
    assert read.problems == []
    assert [str(one) for one in read.missing] == [
        "it/: Lesson 2 is missing in “it”.",
        "it/quiz.gift: Question q03 is missing in “it”.",
    ]


def test_a_folder_in_one_language_needs_no_level_for_it() -> None:
    head = 'slug = "one"\n[name]\nit = "Uno"\n'
    read = folder.read({"course.toml": head.encode(), "1-ciao.md": b'+++\ntitle = "Ciao"\n+++\nCiao.'})
    assert read.problems == [] and read.course.languages == ["it"]
    assert read.course.lessons[0].texts["it"] == LessonText("Ciao", "Ciao.")


def test_true_and_false_are_worded_in_the_folders_language() -> None:
    quiz = "::q01::Il sole sorge a est.{T}\n"
    files = made(**{"it/quiz.gift": quiz, "en/quiz.gift": "::q01::The sun rises in the east.{T}\n"})
    plan = folder.read(files).course
    assert plan.quiz[0]["options"] == ["True", "False"]
    assert plan.quiz_words["it"]["q01"]["options"] == ["Vero", "Falso"]


def bad_zip(name: str, content: bytes = b"x", mode: int = 0, flag: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        file.writestr(entry, content)
    raw = out.getvalue()
    return raw.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01") if flag else raw


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"not a zip", "not a zip file"),
        (bad_zip("../../etc/passwd"), "outside its folder"),
        (bad_zip("/etc/passwd"), "outside its folder"),
        (bad_zip("c:\\windows\\x"), "outside its folder"),
        (bad_zip("a\\..\\..\\x"), "outside its folder"),
        (bad_zip("link", b"/etc/passwd", stat.S_IFLNK | 0o777), "is a link"),
        (bad_zip("course.toml", flag=1), "encrypted"),
        (bad_zip("readme.md"), "There is no course.toml"),
        (zipped(made())[:-400] + b"\0" * 400, "damaged"),
        (zipped({**made(), "other/course.toml": b""}), "more than one course"),
        (zipped({**made(), "files/big.mp4": b"\0" * (archive.LARGEST_FILE + 1)}), "larger than 20 MB"),
        (zipped({**made(), **{f"files/{n}.mp4": b"\0" * archive.LARGEST_FILE for n in range(4)}}), "60 MB unpacked"),
        (zipped({**made(), **{f"x{n}": b"" for n in range(archive.MOST_FILES)}}), "600 files at most"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malicious_or_broken_archive_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(archive.Unreadable, match=told):
        archive.from_zip(content)


def test_a_bomb_that_lies_about_its_size_is_stopped() -> None:
    raw = zipped({**made(), "files/big.mp4": b"\0" * (archive.LARGEST_FILE + 5)})
    size = (archive.LARGEST_FILE + 5).to_bytes(4, "little")
    with pytest.raises(archive.Unreadable):
        archive.from_zip(raw.replace(size, (10).to_bytes(4, "little")))


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(HEAD)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "x.txt").symlink_to("/etc/hostname")
    with pytest.raises(archive.Unreadable, match="is a link"):
        archive.from_folder(tmp_path)


# -- written and read again are the same

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(str.strip).filter(bool)
line = words.map(lambda text: " ".join(text.split())).filter(bool)
body = line.map(lambda text: f"Text {text.replace('[', '(').replace('!', '.')}".strip())


@st.composite
def plans(draw: Any) -> CoursePlan:
    languages = draw(st.sampled_from([["en"], ["it"], ["en", "it"], ["fr", "zh-hans", "ro"]]))
    main = "en" if "en" in languages else languages[0]
    texts = st.fixed_dictionaries({code: st.builds(LessonText, line, body, st.just("")) for code in languages})
    lessons = [LessonPlan(one, draw(st.integers(0, 9))) for one in draw(st.lists(texts, min_size=1, max_size=3))]
    quiz, others = [], {code: {} for code in languages if code != main}
    for number in range(draw(st.integers(0, 3))):
        options = draw(st.lists(line, min_size=2, max_size=4, unique_by=str.casefold))
        question = {"name": f"q{number}", "kind": "one", "text": draw(line), "why": draw(st.one_of(st.just(""), line))}
        quiz.append({**question, "options": options, "right": [draw(st.integers(0, len(options) - 1))]})
        for said in others.values():
            theirs = draw(st.lists(line, min_size=len(options), max_size=len(options), unique_by=str.casefold))
            said[f"q{number}"] = {"text": draw(line), "options": theirs}
    return CoursePlan(
        slug="a-course",
        language=main,
        languages=languages,
        names={code: draw(line) for code in languages},
        summaries={code: draw(line) for code in languages},
        requirements=["K1", "W2"],
        lessons=lessons,
        quiz=quiz,
        quiz_words={code: said for code, said in others.items() if said},
        rules=Rules(draw(st.integers(0, len(quiz))), 2, 24, draw(st.booleans())),
        refresh_days=draw(st.sampled_from([[], [7], [7, 30, 90]])),
        files={"a.png": PNG},
    )


@given(plans())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again(plan: CoursePlan) -> None:
    packed = archive.to_zip(folder_writing.write(plan), plan.slug)
    read = folder.read(archive.from_zip(packed))
    assert [str(problem) for problem in read.problems] == []
    assert read.course == plan


# -- through the door

URL, CONFIRM = "training:import_course", "training:import_confirm"


def upload(client: Any, content: bytes) -> Any:
    return client.post(reverse(URL), {"file": SimpleUploadedFile("greeting.zip", content)})


@pytest.fixture
def framework(db: None) -> None:
    load_catalogue()


def test_looked_at_first_then_taken_over(framework: None, hr: Any, client_of: Any, manager: Any) -> None:
    client = client_of(hr)
    page = upload(client, zipped(made()))
    text = page.content.decode()
    assert page.status_code == 200 and "English, Italiano" in text and "door.png" in text and "A new course" in text
    assert not Course.objects.exists()
    number = CourseUpload.objects.get().pk
    assert client_of(manager).post(reverse(CONFIRM), {"upload": number}).status_code == 403
    done = client.post(reverse(CONFIRM), {"upload": number})
    course = Course.objects.get()
    assert done["Location"] == reverse("training:detail", args=[course.pk])
    draft = course.versions.get()
    assert draft.published_at is None and draft.languages == ["en", "it"] and draft.lessons.count() == 2
    assert sorted(draft.files.values_list("name", flat=True)) == ["door.png", "list.pdf"]
    assert not CourseUpload.objects.exists()
    assert "This upload is over" in client.post(reverse(CONFIRM), {"upload": number}, follow=True).content.decode()


def test_somebody_elses_upload_is_not_taken(framework: None, hr: Any, client_of: Any, stranger: Any) -> None:
    upload(client_of(hr), zipped(made()))
    CourseUpload.objects.update(employee=stranger)
    client_of(hr).post(reverse(CONFIRM), {"upload": CourseUpload.objects.get().pk})
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (zipped(made(**{"it/quiz.gift": IT_QUIZ.replace("{#10:0}", "{#soon}")})), "it/quiz.gift, line 7"),
        (
            zipped(made(**{"en/quiz.gift": EN_QUIZ.replace("=A greeting", "~A greeting")})),
            "No answer is marked as right",
        ),
        (zipped(made(**{"course.toml": HEAD.replace("60", "101")})), "course.toml, line 3"),
        (bad_zip("../course.toml"), "outside its folder"),
        (b"", "empty"),
    ],
    ids=["gift", "no right answer", "pass mark", "slip", "empty"],
)
def test_a_bad_file_writes_nothing(framework: None, hr: Any, client_of: Any, content: bytes, told: str) -> None:
    page = upload(client_of(hr), content)
    assert page.status_code == 422 and told in page.content.decode()
    assert not (Course.objects.exists() or CourseUpload.objects.exists() or Blob.objects.exists())


def test_a_folder_of_a_known_course_becomes_its_next_version(framework: None, hr: Any, employee: Any) -> None:
    first = importing.take(by=hr, plan=folder.read(made()).course, publish=True)
    done = Completion.objects.create(employee=employee, version=first, done_on="2026-01-01")
    changed = made(**{"en/02-use-the-name.md": '+++\ntitle = "Names"\n+++\nNew.', "files/door.png": PNG + b"2"})
    second = importing.take(by=hr, plan=folder.read(changed).course, publish=True)
    assert (second.course, second.number) == (first.course, 2)
    assert [lesson.key for lesson in second.lessons.all()] == [lesson.key for lesson in first.lessons.all()]
    first.refresh_from_db()
    assert first.lessons.get(position=2).title == "Use the name"
    old, new = (CourseFile.objects.get(version=version, name="door.png").blob_id for version in (first, second))
    assert old != new
    assert Completion.objects.get() == done and done.version == first


def test_unknown_requirements_are_left_out_and_said(framework: None, hr: Any, client_of: Any) -> None:
    page = upload(client_of(hr), zipped(made(**{"course.toml": HEAD.replace('"W1"', '"W1", "Z9"')})))
    assert "no requirement Z9" in page.content.decode()
    client_of(hr).post(reverse(CONFIRM), {"upload": CourseUpload.objects.get().pk})
    assert Course.objects.get().requirements == ["W1"]


def test_taken_along_and_brought_back(framework: None, hr: Any, client_of: Any, employee: Any) -> None:
    version = importing.take(by=hr, plan=folder.read(made()).course, publish=True)
    url = reverse("training:export_course", args=[version.course.pk])
    assert client_of(employee).get(url).status_code == 403
    answer = client_of(hr).get(url)
    assert answer["Content-Disposition"] == 'attachment; filename="greeting-v1.zip"'
    read = folder.read(archive.from_zip(answer.content))
    before, after = folder.read(made()).course, read.course
    assert read.problems == [] and after.files == before.files and after.names == before.names
    assert after.quiz == before.quiz
    assert [one.texts for one in after.lessons] == [one.texts for one in before.lessons]


def test_the_command_checks_takes_and_gives(framework: None, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "good.zip").write_bytes(zipped(made()))
    (tmp_path / "bad.zip").write_bytes(zipped(made(**{"it/02-use-the-name.md": None})))
    call_command("courses", "check", str(tmp_path / "good.zip"))
    with pytest.raises(CommandError):
        call_command("courses", "check", str(tmp_path / "bad.zip"))
    assert "bad.zip/it/: Lesson 2 is missing" in capsys.readouterr().out
    call_command("courses", "import", str(tmp_path / "good.zip"), "--publish")
    assert CourseVersion.objects.get().published_at is not None
    call_command("courses", "export", "greeting", str(tmp_path))
    again = folder.read(archive.from_folder(tmp_path / "greeting"))
    assert again.problems == [] and again.course.languages == ["en", "it"]
    with pytest.raises(CommandError, match="is there already"):
        call_command("courses", "export", "greeting", str(tmp_path))


def test_the_catalogues_courses_are_sound_and_load_once(framework: None, hr: Any) -> None:
    made_ = loading.load_courses(by=hr)
    assert len(made_) == len(loading.folders()) >= 9
    assert all(len(version.quiz) >= 5 and version.lessons.count() >= 4 for version in made_)
    assert loading.load_courses(by=hr) == [] == loading.absent()
    # A course the organisation named so before there were folders stays as it is.
    first = made_[0].course
    name = first.name
    first.delete()
    courses.publish(by=hr, name=name.upper(), lessons=[("One", "Text")])
    assert loading.load_courses(by=hr) == []
