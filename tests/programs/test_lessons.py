"""A lesson's page: pictures, film, downloads, reading time, one's own thoughts; and who may open its files."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from culture.people import rights
from culture.people.models import Employee
from programs.training import courses, files, importing, learning, upkeep
from programs.training.content_models import Blob, CourseFile, CourseUpload, Thought
from programs.training.interchange import folder
from programs.training.models import Assignment, CourseVersion
from tests.programs.course_folders import EN_ONE, PNG
from tests.programs.course_folders import folder as made
from tests.programs.test_course_languages import give, lesson

FILM = b"\0\0\0\x18ftypmp42" + bytes(range(200))


@pytest.fixture
def version(hr: Any, employee: Any) -> CourseVersion:
    text = EN_ONE.replace("minutes = 4", 'minutes = 4\nvideo = "files/hello.mp4"')
    sound = made(**{"en/01-say-hello.md": text, "files/hello.mp4": FILM})
    made_ = importing.take(by=hr, plan=folder.read(sound).course, publish=True)
    give(made_, employee)
    return made_


def url(version: CourseVersion, name: str) -> str:
    return reverse("training:file", args=[version.course.pk, version.pk, name])


def test_a_lesson_shows_its_picture_film_and_downloads(version: Any, employee: Any, client_of: Any) -> None:
    answer = client_of(employee).get(lesson(version))
    page = answer.content.decode()
    assert f'<img src="{url(version, "door.png")}" alt="A door"' in page and "4 minutes" in page
    assert f'<video controls preload="metadata" src="{url(version, "hello.mp4")}"' in page
    assert page.count(url(version, "list.pdf")) == 2
    assert "media-src 'self'" in answer["Content-Security-Policy"]


def test_a_film_offers_its_captions_and_its_author_is_warned_without(
    hr: Any, employee: Any, client_of: Any, version: Any
) -> None:
    client = client_of(hr)
    course, files_page = version.course, reverse("training:files", args=[version.course.pk])
    silent = "The film hello.mp4 has no captions"
    assert silent in client.get(files_page).content.decode()
    assert silent in client.get(reverse("training:detail", args=[course.pk])).content.decode()
    for name in ("hello.vtt", "hello.it.vtt"):
        file = SimpleUploadedFile(name, b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n")
        assert client.post(files_page, {"file": file}).status_code == 302
    page = client.get(files_page).content.decode()
    assert silent not in page and "captions of hello.mp4" in page
    client.post(reverse("training:publish", args=[course.pk]))
    newest = course.versions.get(number=2)
    Employee.objects.filter(pk=employee.pk).update(language="it")
    page = client_of(Employee.objects.get(pk=employee.pk)).get(lesson(newest)).content.decode()
    tracks = [f'srclang="it" label="Italiano" src="{url(newest, "hello.it.vtt")}"', 'srclang="en" label="English"']
    assert all(track in page for track in tracks) and page.index(tracks[0]) < page.index(tracks[1])
    assert client_of(employee).get(url(newest, "hello.vtt"))["Content-Type"].startswith("text/vtt")
    # Publishing a film nobody can read along says so once more, and goes on.
    silently = EN_ONE.replace("minutes = 4", 'minutes = 4\nvideo = "files/hello.mp4"')
    read = folder.read(made(**{"en/01-say-hello.md": silently, "files/hello.mp4": FILM}))
    assert any("has no captions" in str(one) for one in read.remarks)
    with_words = made(**{"en/01-say-hello.md": silently, "files/hello.mp4": FILM, "files/hello.vtt": b"WEBVTT\n"})
    assert not any("captions" in str(one) or "hello.vtt" in str(one) for one in folder.read(with_words).remarks)


def test_a_film_elsewhere_is_a_link_that_tells_where_to(hr: Any, employee: Any, client_of: Any) -> None:
    text = EN_ONE.replace("minutes = 4", 'video = "https://films.example/hello"')
    version = importing.take(by=hr, plan=folder.read(made(**{"en/01-say-hello.md": text})).course, publish=True)
    give(version, employee)
    page = client_of(employee).get(lesson(version)).content.decode()
    assert "Watch the film on films.example" in page and 'rel="noopener noreferrer"' in page and "<video" not in page


def test_scripts_in_a_lesson_are_text(hr: Any, employee: Any, client_of: Any) -> None:
    evil = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1)) ![x](files/door.png)"
    text = EN_ONE.replace("A **greeting**", f"{evil}\n\nA **greeting**")
    version = importing.take(by=hr, plan=folder.read(made(**{"en/01-say-hello.md": text})).course, publish=True)
    give(version, employee)
    page = client_of(employee).get(lesson(version)).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript' not in page
    assert "&lt;script&gt;" in page


def test_files_are_for_those_who_may(version: Any, hr: Any, employee: Any, stranger: Any, client_of: Any) -> None:
    for name in ("door.png", "list.pdf", "hello.mp4"):
        assert client_of(employee).get(url(version, name)).status_code == 200
        assert client_of(hr).get(url(version, name)).status_code == 200
        assert client_of(stranger).get(url(version, name)).status_code == 404
        assert client_of(None).get(url(version, name)).status_code == 302
    assert client_of(employee).get(url(version, "none.png")).status_code == 404
    other = courses.publish(by=hr, name="Other", lessons=[("One", "Text")])
    assert (
        client_of(hr).get(reverse("training:file", args=[other.course.pk, version.pk, "door.png"])).status_code == 404
    )
    # A draft's files are for who writes; what one has completed stays open without an assignment.
    CourseVersion.objects.filter(pk=version.pk).update(published_at=None)
    assert client_of(employee).get(url(version, "door.png")).status_code == 404
    assert client_of(hr).get(url(version, "door.png")).status_code == 200


def test_a_file_is_served_so_that_it_runs_nothing(version: Any, employee: Any, client_of: Any) -> None:
    client = client_of(employee)
    picture, paper = client.get(url(version, "door.png")), client.get(url(version, "list.pdf"))
    assert (picture["Content-Type"], b"".join(picture)) == ("image/png", PNG)
    assert "sandbox" in picture["Content-Security-Policy"] and picture["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in picture and paper["Content-Disposition"].startswith("attachment;")
    again = client.get(url(version, "door.png"), headers={"if-none-match": picture["ETag"]})
    assert again.status_code == 304 and not again.content


@pytest.mark.parametrize(
    ("wanted", "status", "content", "told"),
    [
        ("bytes=0-3", 206, FILM[:4], "bytes 0-3/212"),
        ("bytes=10-", 206, FILM[10:], "bytes 10-211/212"),
        ("bytes=-5", 206, FILM[-5:], "bytes 207-211/212"),
        ("bytes=200-9999", 206, FILM[200:], "bytes 200-211/212"),
        ("bytes=500-", 416, b"", "bytes */212"),
        ("bytes=9-3", 416, b"", "bytes */212"),
        ("bytes=-", 200, FILM, ""),
        ("lines=1-2", 200, FILM, ""),
    ],
)
def test_a_film_is_served_in_parts(
    version: Any, employee: Any, client_of: Any, wanted: str, status: int, content: bytes, told: str
) -> None:
    answer = client_of(employee).get(url(version, "hello.mp4"), headers={"range": wanted})
    assert (answer.status_code, b"".join(answer), answer.get("Content-Range", "")) == (status, content, told)


def test_a_large_file_comes_in_pieces(version: Any, monkeypatch: Any, employee: Any, client_of: Any) -> None:
    monkeypatch.setattr(files, "CHUNK", 50)
    pieces = list(client_of(employee).get(url(version, "hello.mp4")).streaming_content)
    assert [len(piece) for piece in pieces] == [50, 50, 50, 50, 12] and b"".join(pieces) == FILM


def test_hr_adds_and_takes_out_files(version: Any, hr: Any, employee: Any, client_of: Any) -> None:
    client, page = client_of(hr), reverse("training:files", args=[version.course.pk])
    assert client_of(employee).get(page).status_code == 403
    assert "door.png" in client.get(page).content.decode()
    client.post(page, {"file": SimpleUploadedFile("my plan.pdf", b"%PDF-1.4")})
    draft = version.course.versions.get(published_at=None)
    assert sorted(files.names(draft)) == ["door.png", "hello.mp4", "list.pdf", "my-plan.pdf"]
    assert "my-plan.pdf" not in files.names(version)
    refused = client.post(page, {"file": SimpleUploadedFile("evil.svg", b"<svg><script/></svg>")})
    assert refused.status_code == 422 and "contains a script" in refused.content.decode()
    assert client.post(page, {"file": SimpleUploadedFile("a.exe", b"MZ")}).status_code == 422
    take_out = reverse("training:remove_file", args=[version.course.pk])
    told = client.post(take_out, {"name": "door.png"}, follow=True).content.decode()
    assert "uses this file" in told
    client.post(take_out, {"name": "my-plan.pdf"})
    assert "my-plan.pdf" not in files.names(draft)
    assert client_of(employee).post(take_out, {"name": "door.png"}).status_code == 403


def test_contents_nobody_holds_are_swept(version: Any, hr: Any) -> None:
    old = timezone.now() - 2 * files.KEEP_UNUSED
    Blob.objects.create(sha256="0" * 64, content=b"x", size=1)
    Blob.objects.create(sha256="1" * 64, content=b"x", size=1)
    Blob.objects.filter(sha256="1" * 64).update(made_at=old)
    Blob.objects.filter(sha256=CourseFile.objects.first().blob_id).update(made_at=old)  # type: ignore[union-attr]
    CourseUpload.objects.create(employee=hr, content=b"x", sha256="x", at=old)
    assert upkeep.nightly(today=timezone.localdate(), now=timezone.now())["files"] == 1
    assert Blob.objects.filter(sha256="0" * 64).exists() and not CourseUpload.objects.exists()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("word " * 10, 1), ("word " * 400, 3), ("字" * 520, 2), ("word " * 180 + "字" * 260, 2), ("", 1)],
)
def test_reading_time(text: str, minutes: int) -> None:
    assert learning.minutes_of(text) == minutes


# -- one's own thoughts


def test_thoughts_are_kept_and_only_ones_own(
    version: Any, hr: Any, manager: Any, employee: Any, client_of: Any, stranger: Any
) -> None:
    client = client_of(employee)
    answer = client.post(lesson(version), {"thought": "Nobody, to be honest. PLANTED", "keep": "1"})
    assert answer["Location"] == lesson(version)
    assert "PLANTED" in client.get(lesson(version)).content.decode()
    client.post(lesson(version), {"thought": "Changed PLANTED"})  # done, and kept on the way
    assert Thought.objects.get().text == "Changed PLANTED"
    give(version, manager)
    for person in (hr, manager, stranger):
        other = client_of(person)
        pages = [
            lesson(version),
            f"/team/training/{employee.pk}/",
            f"/people/{employee.pk}/",
            "/audit/",
            "/api/v1/courses/",
        ]
        pages += [f"/courses/{version.course.pk}/", f"/courses/{version.course.pk}/export.zip"]
        for page in pages:
            assert b"PLANTED" not in other.get(page).getvalue()
    own = client.get(reverse("people:my_data_json")).getvalue().decode()
    assert "Changed PLANTED" in own
    for holding in rights.holdings():
        if holding.model == "programs.Thought":
            holding.remove(employee)
    assert not Thought.objects.exists()


def test_an_emptied_thought_is_gone_and_a_long_one_is_refused(version: Any, employee: Any, client_of: Any) -> None:
    client = client_of(employee)
    client.post(lesson(version), {"thought": "x", "keep": "1"})
    client.post(lesson(version), {"thought": "  ", "keep": "1"})
    assert not Thought.objects.exists()
    answer = client.post(lesson(version), {"thought": "long " * 1000, "keep": "1"})
    assert (
        answer.status_code == 422
        and "longer than 4000" in answer.content.decode()
        and "long long" in answer.content.decode()
    )
    assert not Thought.objects.exists()


def test_the_page_asks_as_little_whatever_the_course_has(
    version: Any, employee: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(employee)
    client.get(lesson(version))
    with django_assert_max_num_queries(22):
        client.get(lesson(version))
    assert Assignment.objects.count() == 1
