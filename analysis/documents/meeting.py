"""The brief for the coordination meeting: execution, what is owed and by whom, the supported schools; two pages."""

from analysis.documents.material import Material, asked_for, bullets, city_document, of_report
from analysis.documents.staging import Document
from analysis.presentation.conclusions.listing import BESIDE_CITY, conclusions
from analysis.presentation.conclusions.sentence import SCHOOL, Case
from analysis.presentation.execution import NOT_OVER, nothing_owed, task_results
from analysis.presentation.markdown import escape, table_note
from analysis.presentation.shares import VPR_NOTICE
from analysis.presentation.supported import below_its_name, measures
from analysis.presentation.words import ended, form, in_order_of_codes, long_date
from analysis.rules.documents import MEETING, REPORT

NO_SCHOOL_DATA = "Сведений за этот год нет."
SHOWN_DEBTS, SHOWN_SCHOOLS = 8, 8


def meeting_brief(material: Material) -> Document:
    """The brief for the meeting about a year."""
    edition = material.edition
    schools = [_school(material, login) for login in material.supported[:SHOWN_SCHOOLS]]
    has_facts = len(edition.execution) > 0
    facts = [
        of_report(material, task_results(edition)) if has_facts else "",
        bullets(schools),
        # In small letters instead of a frame: the brief of a usual year fits one page so.
        table_note(VPR_NOTICE) if schools else "",
        _debts(material),
    ]
    return city_document(material, MEETING, "meeting-brief", facts, _whence(material, bool(schools)))


def _whence(material: Material, with_schools: bool) -> str:
    """What asked for the brief, the day of its data and how to ask for its numbers; small, so it takes no page."""
    day = escape(f"{ended(f'Сведения на {long_date(material.edition.data_date)}')}")
    school = f", `{material.supported[0]}@{material.year}` (школа и год)" if with_schools else ""
    how = f"Откуда числа: `analysis explain 1@{material.year}` (задача и год){school}."
    said = " ".join(part for part in (asked_for(material, MEETING), day, how) if part)
    return f"::: {{.table-note}}\n{said}\n:::"


def _school(material: Material, login: str) -> str:
    """What a school has carried out and how it stands beside the city, in the words of the report."""
    name = material.name(login)
    told = [one for one in conclusions(Case(material, login), REPORT, SCHOOL) if one.sentence.id == BESIDE_CITY]
    said = [*measures(material.edition, login), *(below_its_name(one, name) for one in told)]
    return f"**{escape(name)}.** {escape(' '.join(said) or NO_SCHOOL_DATA)}"


def _debts(material: Material) -> str:
    """What is owed, by who owes it; the longest few lines, the rest as a number."""
    edition = material.edition
    if not edition.is_over:
        return NOT_OVER.format(year=material.year)
    rows = material.rows("owed")
    if rows.empty:
        return escape(nothing_owed(edition))
    names = [material.name(str(who)) for who in rows["debtor"]]
    named = rows.assign(debtor=[f"{name[:1].upper()}{name[1:]}" for name in names])
    lines = [
        f"{debtor}: {kind} — {', '.join(in_order_of_codes(alike['measure_label']))}"
        for (debtor, kind), alike in named.groupby(["debtor", "owed_kind"], sort=False)
    ]
    rest = len(lines) - SHOWN_DEBTS
    more = [f"ещё {rest} {form(rest, ('позиция', 'позиции', 'позиций'))} — в годовом отчёте"] if rest > 0 else []
    said = [f"{line};" for line in [*lines[:SHOWN_DEBTS], *more]]
    return "Что за кем (номера показателей):\n\n" + bullets([escape(f"{one.rstrip(';')}.") for one in said])
