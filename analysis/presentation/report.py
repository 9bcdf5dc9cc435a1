"""The report that is read, chapter by chapter; whatever it leaves out stands in the annex."""

import re
from collections.abc import Callable, Mapping, Sequence

from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_pictures import city_schools
from analysis.presentation.execution import escaped_but_references, owed_words
from analysis.presentation.exhibits import Part, Section
from analysis.presentation.main_page import breaks, main_page
from analysis.presentation.markdown import escape, joined, whole
from analysis.presentation.place import annex_name, shows
from analysis.presentation.progress import plan_and_fact
from analysis.presentation.quality import sent
from analysis.presentation.school_facts import policy_words
from analysis.presentation.sentences import (
    ALL_CLEAR,
    NOT_COME,
    busiest_executor,
    data_date,
    findings,
    kinds_of_findings,
    readings,
)
from analysis.presentation.supported import learning, supported_schools

REFERENCE = re.compile(r"(?<!\\)@((?:tbl|fig)-[\w-]*\w)")


def chapters(annex: Mapping[str, str], edition: Edition) -> list[Section]:
    """The chapters of the report in order; one that has nothing to say is empty.

    Args:
        annex: What the annex prints of its exhibits, by label; the report shows some of them as well.
        edition: The edition.
    """
    return together([Section(name, *make(edition, annex)) for name, make in CHAPTERS.items()], edition)


def together(sections: Sequence[Section], edition: Edition) -> list[Section]:
    """Returns the chapters of one report: what one of them refers to may stand in any."""
    labels = set(re.findall(r"\{#((?:tbl|fig)-[\w-]+)", "\n".join(one.markdown for one in sections)))
    return [one._replace(markdown=settled(one.markdown, labels, edition)) for one in sections]


def settled(markdown: str, here: set[str], edition: Edition) -> str:
    """Markdown of the report: what stands in the annex is referred to there, by its name."""
    name = annex_name(edition.calendar_year)

    def lead(found: re.Match[str]) -> str:
        label = found[1]
        return found[0] if label in here else f"[приложение, «{shows(label)}»]({name}.qmd#{label})"

    return REFERENCE.sub(lead, markdown).replace("](#chain-", f"]({name}.qmd#chain-")


def _outstanding(edition: Edition, annex: Mapping[str, str]) -> Part:
    if edition.execution.empty:
        return _who_and_what_is_unclear(edition, annex)
    said = escaped_but_references(owed_words(edition))
    return joined(["# Что за кем {#sec-owed}", whole(said, annex.get("tbl-owed", ""))]), []


def _who_and_what_is_unclear(edition: Edition, annex: Mapping[str, str]) -> Part:
    parts = ["# Кто исполняет {#sec-owed}", busiest_executor(edition), annex.get("tbl-load", "")]
    parts += ["# Что неясно в документе {#sec-unclear}", readings(edition) or ALL_CLEAR]
    parts += [annex.get("tbl-readings", ""), findings(edition), kinds_of_findings(edition)]
    return joined(parts), []


def _basis(edition: Edition, annex: Mapping[str, str]) -> Part:
    has_facts = not edition.execution.empty
    came = escape(sent(edition)) if has_facts else NOT_COME
    parts = [f"{data_date(edition)} {came} {_where_the_rest_is(edition)}"]
    parts += [*breaks(edition), policy_words(edition)] if has_facts else []
    complete = annex.get("tbl-completeness", "") if has_facts else ""
    return joined(["# На чём стоит доклад {#sec-basis}", whole(*parts), complete]), []


def _where_the_rest_is(edition: Edition) -> str:
    name = annex_name(edition.calendar_year)
    links = (
        ("таблицы", "sec-targets"),
        ("журнал данных", "sec-data-log"),
        ("допущения", "sec-assumptions"),
        ("метод", "sec-method"),
    )
    said = ", ".join(f"[{words}]({name}.qmd#{anchor})" for words, anchor in links)
    return f"Полностью — в приложении: {said}."


# In their order; each is made from the tables, and from the exhibits of the annex, that it looks at.
CHAPTERS: Mapping[str, Callable[[Edition, Mapping[str, str]], Part]] = {
    "summary": lambda edition, _: (main_page(edition), []),
    "progress": lambda edition, _: plan_and_fact(edition),
    "outstanding": _outstanding,
    "supported": lambda edition, _: ("", []) if edition.execution.empty else supported_schools(edition),
    "city-schools": lambda edition, annex: city_schools(edition, annex) if edition.internal else ("", []),
    "learning": lambda edition, _: learning(edition),
    "basis": _basis,
}
