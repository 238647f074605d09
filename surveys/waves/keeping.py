"""Looking after the keys of waves: are they there, copies apart, a new pair, and what to do when one is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.waves import keys
from surveys.waves.keystore import FileStore, KeyStore, StoreError, store
from surveys.waves.models import Wave

# The first bytes of what pg_dump writes, and files a copy of a cluster has.
DUMP_STARTS = (b"PGDMP", b"--\n-- PostgreSQL database")
CLUSTER_FILES = frozenset({"PG_VERSION", "backup_manifest", "base.tar", "base.tar.gz", "base.tar.zst", "pg_wal.tar"})
LOOKED_AT = 2000


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Trouble:
    """A wave whose answers could not be opened as things are."""

    wave_id: int
    why: str

    @property
    def what_to_do(self) -> str:
        return _(
            "Put the file back from the backup of the keys, with “manage.py keys restore FOLDER”, before the wave "
            "closes. Without it nobody can ever read its answers, and its links are dead."
        )


def needed() -> list[Wave]:
    """The waves whose keys must be there: somebody may answer, or answers wait to be opened."""
    waves = Wave.objects.filter(state__in=[Wave.State.OPEN, Wave.State.CLOSED], public_key__isnull=False)
    return list(waves.only("pk", "state", "public_key", "earlier_keys").order_by("pk"))


def publics(wave: Wave) -> list[bytes]:
    """Every key the wave's envelopes were sealed for: today's, and those before a rotation."""
    return [bytes(key) for key in (wave.public_key or b"", *wave.earlier_keys)]


def trouble_of(wave: Wave) -> Trouble | None:
    """What is wrong with the keys of one wave, tried by a round trip."""
    if wave.state not in (Wave.State.OPEN, Wave.State.CLOSED) or wave.public_key is None:
        return None
    try:
        keys.check_all(wave.pk, publics(wave))
    except keys.KeyMissing as error:
        return Trouble(wave.pk, str(error))
    return None


def unreadable(wave: Wave) -> int:
    """How many of its envelopes no key opened at sealing (results/sealing.py counts them there)."""
    return int((wave.snapshot.get("sealed") or {}).get("unreadable") or 0)


def troubles() -> list[Trouble]:
    """Of all waves that need their keys."""
    return [found for wave in needed() if (found := trouble_of(wave))]


def store_problem() -> str:
    """Why the next wave could not get keys; '' if nothing is in the way."""
    if problem := store().problem():
        return problem
    try:
        store().waves()
    except StoreError as error:
        return str(error)
    return ""


# -- rotation --------------------------------------------------------------------------------------------------------


@transaction.atomic
def rotate(wave: Wave, *, by: Employee | None) -> Wave:
    """A new key pair for what is sealed from now on: after a copy of the keys may have been seen.

    What was sealed before stays readable by the earlier pair, until both are destroyed. The secret of links and drafts
    stays. Raises :class:`Refused`.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.OPEN or wave.public_key is None:
        raise Refused(_("Only an open wave has keys that can be renewed."))
    try:
        keys.check_all(wave.pk, publics(wave))
        public = keys.rotate(wave.pk)
    except keys.KeyMissing as error:
        raise Refused(str(error)) from error
    wave.earlier_keys = publics(wave)
    wave.public_key = public
    wave.save(update_fields=["public_key", "earlier_keys"])
    record(by, "wave.keys_renewed", wave)
    return wave


# -- copies apart ----------------------------------------------------------------------------------------------------


def backup(folder: Path) -> dict[str, list[int]]:
    """Copy the keys that are needed into ``folder``, and destroy the copies of waves that are over.

    Returns the waves by what was done: "copied", "kept" (the same already), "destroyed". Raises :class:`Refused`
    before anything is written if the folder holds a copy of the database, or if a key is missing at its source.
    """
    _refuse_together(folder)
    waves, target = needed(), FileStore(folder)
    records = {}
    for wave in waves:
        if trouble := trouble_of(wave):
            raise Refused(f"{trouble.why} {trouble.what_to_do}")
        records[wave.pk] = store().read(wave.pk)
    done: dict[str, list[int]] = {"copied": [], "kept": [], "destroyed": prune(folder)}
    for wave in waves:
        try:
            if _put(target, wave.pk, records[wave.pk]):
                done["copied"].append(wave.pk)
            else:
                done["kept"].append(wave.pk)
            keys.fit(wave.pk, keys.parse(wave.pk, target.read(wave.pk)), publics(wave))
        except (StoreError, keys.KeyMissing) as error:
            raise Refused(str(error)) from error
    return done


def prune(folder: Path) -> list[int]:
    """Destroy the copies in ``folder`` of waves that need their keys no more: a copy undoes the promise."""
    target, wanted = FileStore(folder), {wave.pk for wave in needed()}
    gone = []
    try:
        for wave_id in target.waves():
            if wave_id not in wanted:
                target.destroy(wave_id)
                gone.append(wave_id)
    except StoreError as error:
        raise Refused(str(error)) from error
    return gone


def restore(folder: Path) -> dict[str, list[int]]:
    """Put back the keys that are missing or damaged and whose good copy lies in ``folder``.

    Returns the waves: "restored", "good" (needed nothing), "missing" (no good copy). A key that works is never touched.
    """
    source = FileStore(folder)
    done: dict[str, list[int]] = {"restored": [], "good": [], "missing": []}
    for wave in needed():
        if trouble_of(wave) is None:
            done["good"].append(wave.pk)
            continue
        try:
            found = source.read(wave.pk)
            keys.fit(wave.pk, keys.parse(wave.pk, found), publics(wave))
            _put(store(), wave.pk, found)
            done["missing" if trouble_of(wave) else "restored"].append(wave.pk)
        except (StoreError, keys.KeyMissing):
            done["missing"].append(wave.pk)
    return done


def leftovers(folder: Path) -> list[int]:
    """Copies in ``folder`` of waves that need their keys no more."""
    try:
        return sorted(set(FileStore(folder).waves()) - {wave.pk for wave in needed()})
    except StoreError:
        return []


def _put(place: KeyStore, wave_id: int, content: bytes) -> bool:
    """Keep ``content``; False if it was there already."""
    if place.create(wave_id, content):
        return True
    try:
        same = place.read(wave_id) == content
    except StoreError:
        same = False
    if not same:
        place.replace(wave_id, content)
    return not same


def _refuse_together(folder: Path) -> None:
    place = store()
    if isinstance(place, FileStore) and folder.resolve() == place.folder.resolve():
        raise Refused(_("This is the folder of the keys itself. Choose another one, on another disk."))
    if found := database_copies([folder]):
        text = _(
            "%(path)s is a copy of the database; with keys beside it every answer can be read. Choose another place."
        )
        raise Refused(text % {"path": found[0]})


def database_copies(folders: Sequence[Path]) -> list[Path]:
    """Files in these folders (two levels deep) that are copies of a PostgreSQL database."""
    found: list[Path] = []
    seen = 0
    for folder in folders:
        for pattern in ("*", "*/*"):
            for path in sorted(folder.glob(pattern)):
                seen += 1
                if seen > LOOKED_AT:
                    return found
                if _is_copy(path):
                    found.append(path)
    return found


def _is_copy(path: Path) -> bool:
    try:
        if not path.is_file() or path.is_symlink():
            return False
        if path.name in CLUSTER_FILES:
            return True
        with path.open("rb") as file:
            return file.read(64).startswith(DUMP_STARTS)
    except OSError:
        return False
