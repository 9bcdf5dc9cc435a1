"""The note on selection: whom each rule lists, how sure that is, what another threshold would change, who leaves."""

from analysis.documents.material import Material, asked_for, bullets, city_document, of_report, small_print
from analysis.documents.settings import SELECTION
from analysis.documents.staging import Document
from analysis.presentation import selection_tables
from analysis.presentation.conclusions.evidence import NO_SCHOOLS
from analysis.presentation.effectiveness import notices
from analysis.presentation.exhibits import with_notes
from analysis.presentation.markdown import points
from analysis.presentation.words import rows_of
from analysis.rules.exam_calendar import school_years_of

NO_RULES = "Нет данных: правил отбора или результатов процедур за этот год нет."
IN_ORDER = ("tbl-selection", "tbl-low-procedures", "tbl-thresholds")
NO_RANKING = "Порядок школ — как в реестре; рейтинга нет."


def selection_note(material: Material) -> Document:
    """The note on the selection of a year."""
    rules = [rule for rule in material.rules if len(material.of_rule("selection", rule))]
    words, tables = _of_report(material) if rules else (NO_RULES, [])
    tables = tables if any(rule.parts_schools for rule in rules) else []
    facts, above = [bullets([_supported(material)]), words, *tables], asked_for(material, SELECTION)
    return city_document(material, SELECTION, "selection-note", facts, small_print(material), above)


def _of_report(material: Material) -> tuple[str, list[str]]:
    """What the report for the office says of the rules, and its tables about them."""
    words, shown = selection_tables.section(material.edition)
    tables = {one.label: with_notes(one, notices(material.edition, one)) for one in shown}
    return f"{words}\n\n{NO_RANKING}", [of_report(material, tables[one]) for one in IN_ORDER if one in tables]


def _supported(material: Material) -> str:
    status = material.edition.tables.get("school_status", NO_SCHOOLS)
    rows = status[status["school_year"].isin(school_years_of(material.year)) & (status["status"] != "нет")]
    if rows.empty:
        return "По реестру поддерживаемых школ в этом году нет."
    said = [
        f"{material.name(str(login))} — "
        + ", ".join(f"{row['status']} ({row['school_year']} учебный год)" for row in rows_of(mine))
        for login, mine in rows.groupby("school_login")
    ]
    return points("По реестру поддержку получают", said)
