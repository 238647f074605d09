"""The columns an import knows, and what HR systems call them in English, German, Italian, French, Romanian, Chinese."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

HEADER_WITHIN = 15
HEADINGS: dict[str, tuple[str, ...]] = {
    "number": ("employee number", "number", "personnel number", "employee id", "employee no", "staff number",
               "staff id", "personal nr", "personalnummer", "mitarbeiternummer", "mitarbeiter nr", "matricola",
               "numero matricola", "numero dipendente", "matricule", "numéro de matricule", "numéro employé", "marca",
               "marcă", "număr marcă", "număr angajat", "工号", "员工编号", "员工号", "员工工号"),
    "given_name": ("given name", "first name", "forename", "vorname", "nome", "prénom", "prenom", "prenume", "名",
                   "名字"),
    "family_name": ("family name", "last name", "surname", "nachname", "familienname", "name", "cognome", "nom",
                    "nom de famille", "nume", "nume de familie", "姓", "姓氏"),
    "email": ("email", "e mail", "mail", "email address", "e mail address", "e mail adresse", "mailadresse",
              "indirizzo e mail", "indirizzo email", "posta elettronica", "courriel", "adresse e mail",
              "adresse électronique", "adresă de e mail", "adresă e mail", "邮箱", "电子邮箱", "电子邮件"),
    "unit": ("unit path", "unit", "organisational unit", "organizational unit", "department", "organisationseinheit",
             "abteilung", "unità organizzativa", "unità", "reparto", "unité", "unité organisationnelle", "service",
             "département", "unitate", "unitate organizațională", "departament", "部门", "组织单位", "部门路径"),
    "manager": ("manager number", "manager", "manager id", "supervisor", "reports to", "vorgesetzte r", "vorgesetzter",
                "vorgesetzte", "responsabile", "matricola responsabile", "numero responsabile", "responsable",
                "matricule du responsable", "manager matricule", "șef", "marca șefului", "manager direct", "上级",
                "直属上级", "上级工号", "经理工号"),
    "job_family": ("job family", "jobfamilie", "berufsgruppe", "famiglia professionale", "famille de métiers",
                   "famille d emplois", "familie de posturi", "familie profesională", "职类", "职位族", "职位类别"),
    "job_title": ("job title", "title", "position", "stelle", "stellenbezeichnung", "mansione", "posizione",
                  "qualifica", "poste", "intitulé du poste", "fonction", "funcție", "post", "titlul postului", "职位",
                  "岗位", "职务"),
    "site": ("site", "location", "office", "standort", "sede", "lieu", "lieu de travail", "locație", "sediu",
             "punct de lucru", "地点", "工作地点", "办公地点"),
    "language": ("language", "sprache", "lingua", "langue", "limba", "limbă", "语言"),
    "hired_on": ("hired on", "hire date", "start date", "entry date", "eintritt", "eintrittsdatum", "data assunzione",
                 "data di assunzione", "assunto il", "date d entrée", "date d embauche", "embauché le",
                 "data angajării", "angajat la", "入职日期", "入职"),
    "left_on": ("left on", "leaving date", "end date", "exit date", "austritt", "austrittsdatum", "data cessazione",
                "data di cessazione", "date de sortie", "date de départ", "data plecării", "data încetării",
                "离职日期", "离职"),
    "kind": ("kind", "type", "employment type", "art", "mitarbeiterart", "tipo", "tipo di rapporto", "type de contrat",
             "tip", "tip angajat", "类型", "用工类型", "员工类型"),
    "customer_facing": ("customer facing", "customer contact", "kundenkontakt", "contatto clienti",
                        "a contatto con i clienti", "contact client", "contact clients", "contact cu clienții",
                        "面向客户", "接触客户"),
    "time_zone": ("time zone", "timezone", "zeitzone", "fuso orario", "fuseau horaire", "fus orar", "时区"),
}  # fmt: skip
REQUIRED = ("number", "given_name", "family_name", "unit")
LABELS = {
    "number": _("Employee number"), "given_name": _("Given name"), "family_name": _("Family name"),
    "email": _("E-mail"), "unit": _("Unit path"), "manager": _("Manager number"), "job_family": _("Job family"),
    "job_title": _("Job title"), "site": _("Site"), "language": _("Language"), "hired_on": _("Hired on"),
    "left_on": _("Left on"), "kind": _("Kind"), "customer_facing": _("Customer facing"),
    "time_zone": _("Time zone"),
}  # fmt: skip
# What a preview and the record of an import may name: columns, and what follows from them.
TOLD = {**LABELS, "back_on": _("Comes back on")}


def plain(heading: str) -> str:
    """A heading without case, punctuation and doubled blanks."""
    text = unicodedata.normalize("NFC", heading).casefold()
    return re.sub(r"[^\w]+", " ", text.replace("_", " ")).strip()


FIELD_OF = {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}


def match(cells: Iterable[str], mapping: Mapping[str, str] | None = None) -> dict[str, int]:
    """Field → index of the first cell that is a heading of it. ``mapping`` (plain heading → field or "") wins."""
    mapping = mapping or {}
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        key = plain(str(cell))
        name = mapping[key] if key in mapping else FIELD_OF.get(key, "")
        if name and name not in found:
            found[name] = index
    return found


def fingerprint(header: Iterable[str]) -> str:
    """One name for all files with these headings in this order."""
    return hashlib.sha256("\x1f".join(plain(cell) for cell in header).encode()).hexdigest()[:32]
