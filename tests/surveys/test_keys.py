"""The wave's keys: outside the database, made once, checked, destroyed."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox

from surveys.waves import keys


@pytest.fixture
def folder(settings) -> Path:
    return Path(settings.KEYS_DIR)


def test_the_file_is_private_and_made_once(folder):
    public = keys.create(7)
    assert keys.create(7) == public
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SealedBox(keys.private_key(7)).decrypt(SealedBox(PublicKey(public)).encrypt(b"said")) == b"said"


def test_nothing_secret_shows_in_a_traceback(folder):
    keys.create(7)
    assert keys.load(7).secret.hex() not in repr(keys.load(7))
    assert str(keys.load(7).secret) not in repr(keys.load(7))


def test_a_token_leads_to_its_invitation_and_no_other(folder):
    for wave in (1, 2):
        keys.create(wave)
    assert keys.resolve_token(keys.link_token(1, 5)) == (1, 5)
    assert keys.link_token(1, 5) != keys.link_token(2, 5)
    assert keys.link_token(1, 5) == keys.link_token(1, 5)


def test_every_changed_character_is_refused(folder):
    keys.create(1)
    token = keys.link_token(1, 5)
    for index, character in enumerate(token):
        assert keys.resolve_token(token[:index] + ("A" if character != "A" else "B") + token[index + 1 :]) is None


@given(st.text(max_size=60))
def test_rubbish_is_refused(text):
    assert keys.resolve_token(text) is None


@given(st.binary(min_size=30, max_size=30))
def test_guessed_tokens_are_refused(raw):
    import base64

    assert keys.resolve_token(base64.urlsafe_b64encode(raw).decode()) is None


def test_draft_keys_differ_per_link_and_purpose(folder):
    keys.create(1)
    one, two = keys.draft_key(keys.link_token(1, 5)), keys.draft_key(keys.link_token(1, 6))
    assert len({*one, *two}) == 4
    with pytest.raises(keys.KeyMissing):
        keys.draft_key("x" * 40)


def test_destroyed_keys_answer_nothing(folder):
    keys.create(1)
    token = keys.link_token(1, 5)
    keys.destroy(1)
    keys.destroy(1)
    assert list(folder.iterdir()) == []
    assert keys.resolve_token(token) is None
    with pytest.raises(keys.KeyMissing):
        keys.private_key(1)


def test_a_damaged_or_foreign_key_is_noticed(folder):
    public = keys.create(1)
    with pytest.raises(keys.KeyMissing):
        keys.check(2, public)
    keys.create(2)
    with pytest.raises(keys.KeyMissing):
        keys.check(2, public)
    (folder / "wave-1.json").write_text("{}")
    with pytest.raises(keys.KeyMissing):
        keys.create(1)
