"""The wave's keys: outside the database, made once, checked, renewed, destroyed."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox

from surveys.waves import keys, keystore


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


def test_a_record_destroyed_elsewhere_does_not_live_on_in_this_process(folder):
    keys.create(1)
    keys.load(1)
    (folder / "wave-1.json").unlink()
    with pytest.raises(keys.KeyMissing, match="There is no file"):
        keys.load(1)
    keys.create(2)
    keys.load(2)
    (folder / "wave-2.json").unlink()
    keys.forget_destroyed()
    assert 2 not in keys._known


def test_a_changed_record_is_read_anew(folder):
    keys.create(1)
    before = keys.load(1)
    assert keys.load(1) is before
    keys.rotate(1)
    assert keys.load(1).private != before.private


def test_few_are_kept_in_a_process(folder):
    for wave in range(1, keys.MOST_KNOWN + 10):
        keys.create(wave)
        keys.load(wave)
    assert len(keys._known) <= keys.MOST_KNOWN


# -- a new pair ------------------------------------------------------------------------------------------------------


def test_a_new_pair_opens_what_was_sealed_for_the_old_one_and_keeps_every_link(folder):
    old = keys.create(1)
    token, row, code = keys.link_token(1, 5), keys.draft_key(keys.link_token(1, 5)), keys.code_digest(keys.load(1), "A")
    new = keys.rotate(1)
    newer = keys.rotate(1)
    assert len({old, new, newer}) == 3
    boxes = keys.boxes_of(keys.load(1))
    for public in (old, new, newer):
        assert keys.opened(boxes, SealedBox(PublicKey(public)).encrypt(b"said")) == b"said"
    assert keys.opened(boxes, b"junk" * 20) is None
    assert keys.link_token(1, 5) == token and keys.resolve_token(token) == (1, 5)
    assert keys.draft_key(token) == row and keys.code_digest(keys.load(1), "A") == code
    keys.check_all(1, [old, new, newer])
    with pytest.raises(keys.KeyMissing, match="another's"):
        keys.check_all(1, [old, keys.create(2)])


def test_a_crash_while_a_new_pair_is_written_leaves_the_old_one(folder, monkeypatch):
    public = keys.create(1)

    def crash(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(keystore.os, "replace", crash)
        with pytest.raises(keys.KeyMissing, match="No space left"):
            keys.rotate(1)
    keys.check(1, public)


# -- the store -------------------------------------------------------------------------------------------------------


def test_an_unreadable_file_says_so(folder, monkeypatch):
    keys.create(1)
    keys._known.clear()

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(keys.KeyMissing, match="cannot be read: Permission denied"):
        keys.load(1)


def test_a_folder_that_is_a_file_says_so_before_anything_opens(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "file"
    settings.KEYS_DIR.write_text("")
    assert "must be a folder" in keystore.store().problem()
    with pytest.raises(keys.KeyMissing):
        keys.create(1)


class Vault:
    """Another kind of store, as small as can be."""

    kept: dict[int, bytes] = {}

    def read(self, wave_id):
        if wave_id not in self.kept:
            raise keystore.StoreError("The vault knows no such wave.")
        return self.kept[wave_id]

    def stamp(self, wave_id):
        self.read(wave_id)

    def create(self, wave_id, record):
        return self.kept.setdefault(wave_id, record) is record

    def replace(self, wave_id, record):
        self.read(wave_id)
        self.kept[wave_id] = record

    def destroy(self, wave_id):
        self.kept.pop(wave_id, None)

    def waves(self):
        return sorted(self.kept)

    def problem(self):
        return ""


def test_another_store_takes_the_place_of_files(folder, settings):
    settings.KEY_STORE = f"{__name__}.Vault"
    public = keys.create(1)
    assert keys.create(1) == public
    assert keys.resolve_token(keys.link_token(1, 5)) == (1, 5)
    keys.check_all(1, [public, keys.rotate(1)])
    assert not folder.exists()
    keys.destroy(1)
    assert not keys.exists(1)
    with pytest.raises(keys.KeyMissing, match="knows no such wave"):
        keys.load(1)


ELSEWHERE = """
import sys, django
django.setup()
from surveys.waves import keys
print(keys.create(7).hex(), keys.link_token(7, 5))
"""


def elsewhere(folder: Path, program: str = ELSEWHERE) -> subprocess.Popen:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "KEYS_DIR": str(folder)}
    return subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)


def test_two_hosts_that_share_a_folder_make_one_key_between_them(folder):
    """Two processes at once: whoever comes second finds and uses the first one's."""
    both = [elsewhere(folder), elsewhere(folder)]
    told = {process.communicate(timeout=120)[0].strip() for process in both}
    assert len(told) == 1
    public, token = told.pop().split()
    assert keys.create(7).hex() == public and keys.resolve_token(token) == (7, 5)
    assert [path.name for path in folder.iterdir()] == ["wave-7.json"]


def test_a_host_with_a_folder_of_its_own_knows_no_link(folder, tmp_path):
    """Until it gets the file: then it is the same."""
    keys.create(7)
    token = keys.link_token(7, 5)
    look = f"import django; django.setup()\nfrom surveys.waves import keys; print(keys.resolve_token({token!r}))"
    other = tmp_path / "other host"
    assert elsewhere(other, look).communicate(timeout=120)[0].strip() == "None"
    other.mkdir(mode=0o700)
    (other / "wave-7.json").write_bytes((folder / "wave-7.json").read_bytes())
    assert elsewhere(other, look).communicate(timeout=120)[0].strip() == "(7, 5)"


def test_the_record_says_nothing_but_keys(folder):
    keys.create(1)
    keys.rotate(1)
    record = json.loads((folder / "wave-1.json").read_text())
    assert set(record) == {"wave", "private", "secret", "earlier"}
    assert stat.S_IMODE((folder / "wave-1.json").stat().st_mode) == 0o600
