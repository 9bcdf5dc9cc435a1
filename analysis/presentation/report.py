"""The report that is read, chapter by chapter; whatever it leaves out stands in the annex."""

import re
from collections.abc import Mapping, Sequence

from analysis.presentation import catalogue, outstanding, plan_changes, progress, quality, sentences, supported
from analysis.presentation.conclusions.evidence import Evidence
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.places import REPORT
from analysis.presentation.conclusions.sentence import TRANSITION, Case
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_pictures import effects_picture
from analysis.presentation.execution import escaped_but_references
from analysis.presentation.exhibits import Exhibit, Section
from analysis.presentation.learning import topics_picture
from analysis.presentation.main_page import main_page
from analysis.presentation.markdown import escape, table_note
from analysis.presentation.school_facts import VPR_NOTICE, policy_words
from analysis.presentation.selection_tables import looked_at

REFERENCE = re.compile(r"(?<!\\)@((?:tbl|fig)-[\w-]*\w)")
Made = tuple[str, Sequence[Exhibit]]


def chapters(edition: Edition, annex: Mapping[str, Exhibit]) -> list[Section]:
    """The chapters of the report in order; one that has nothing to say is empty.

    Args:
        edition: The edition.
        annex: The exhibits of the annex by label, some of which the report shows as well.
    """
    has_facts = not edition.execution.empty
    made: dict[str, Made] = {
        "summary": (main_page(edition), []),
        "progress": _progress(edition),
        "outstanding": _outstanding(edition, annex) if has_facts else _who_and_what_is_unclear(edition, annex),
        "supported": _supported(edition) if has_facts else ("", []),
        "city-schools": _city_schools(edition, annex) if edition.internal else ("", []),
        "learning": _learning(edition),
        "basis": _basis(edition, annex),
    }
    labels = set(re.findall(r"\{#((?:tbl|fig)-[\w-]+)", "\n".join(words for words, _ in made.values())))
    return [Section(name, settled(words, labels, edition), shown) for name, (words, shown) in made.items()]


def settled(markdown: str, here: set[str], edition: Edition) -> str:
    """Markdown of the report: what stands in the annex is referred to there, by its name."""
    name = catalogue.annex_name(edition.calendar_year)

    def lead(found: re.Match[str]) -> str:
        label = found[1]
        return found[0] if label in here else f"[приложение, «{catalogue.shows(label)}»]({name}.qmd#{label})"

    return REFERENCE.sub(lead, markdown).replace("](#chain-", f"]({name}.qmd#chain-")


def _progress(edition: Edition) -> Made:
    has_facts = not edition.execution.empty
    first = [progress.answer(edition), plan_changes.sentence(edition), *([progress.LEGEND] if has_facts else [])]
    made = list(progress.progress_tables(edition))
    blocks = [_whole(*([] if number else first), one.markdown, said) for number, (one, said) in enumerate(made)]
    title = f"# {'План и факт' if has_facts else 'План'} {{#sec-progress}}"
    return _joined([title, *(blocks or first)]), [exhibit for exhibit, _ in made]


def _outstanding(edition: Edition, annex: Mapping[str, Exhibit]) -> Made:
    said = escaped_but_references(outstanding.said(edition))
    return _joined(["# Что за кем {#sec-owed}", _whole(said, _shown(annex, "tbl-owed"))]), []


def _who_and_what_is_unclear(edition: Edition, annex: Mapping[str, Exhibit]) -> Made:
    parts = ["# Кто исполняет {#sec-owed}", sentences.busiest_executor(edition), _shown(annex, "tbl-load")]
    parts += ["# Что неясно в документе {#sec-unclear}", sentences.readings(edition) or sentences.ALL_CLEAR]
    parts += [_shown(annex, "tbl-readings"), sentences.findings(edition), sentences.kinds_of_findings(edition)]
    return _joined(parts), []


def _supported(edition: Edition) -> Made:
    made = supported.schools(edition)
    if not made:
        return "", []
    parts = ["# Поддерживаемые школы {#sec-supported}", escape(supported.answer(edition))]
    parts += [table_note(VPR_NOTICE)] if supported.shows_vpr(made) else []
    for name, words, picture in made:
        shown = picture.markdown if picture else ""
        parts += [f"## {escape(name)} {{.unnumbered .unlisted}}", words, shown]
    return _joined(parts), [picture for _, _, picture in made if picture]


def _city_schools(edition: Edition, annex: Mapping[str, Exhibit]) -> Made:
    """All schools of the city in one picture, and the lists by rule with their probabilities in one table."""
    made = (effects_picture(edition, one) for one in looked_at(edition))
    schools = [one for one in made if one is not None][:1]
    lists = _shown(annex, "tbl-selection")
    if not schools and not lists:
        return "", []
    said = ["Перечень по правилу — не решение об отборе: его принимает управление."] if lists else []
    parts = ["# Результаты города и отбор {#sec-city}", *(one.markdown for one in schools), _whole(*said, lists)]
    return _joined(parts), schools


def _learning(edition: Edition) -> Made:
    made = topics_picture(edition)
    if made is None:
        return "", []
    exhibit, said = made
    return _joined(["# Обучение {#sec-learning}", said, exhibit.markdown]), [exhibit]


def _basis(edition: Edition, annex: Mapping[str, Exhibit]) -> Made:
    has_facts = not edition.execution.empty
    came = escape(quality.sent(edition)) if has_facts else sentences.NOT_COME
    parts = [f"{sentences.data_date(edition)} {came} {_where_the_rest_is(edition)}"]
    parts += [*_breaks(edition), policy_words(edition)] if has_facts else []
    complete = _shown(annex, "tbl-completeness") if has_facts else ""
    return _joined(["# На чём стоит доклад {#sec-basis}", _whole(*parts), complete]), []


def _breaks(edition: Edition) -> list[str]:
    """Which procedures may not be compared with the year before, as points of a list."""
    told = conclusions(Case(Evidence(edition)), REPORT, TRANSITION)
    return ["\n".join(f"- {one.markdown}" for one in told if one.sentence.id == "разрыв")]


def _where_the_rest_is(edition: Edition) -> str:
    name = catalogue.annex_name(edition.calendar_year)
    links = (
        ("таблицы", "sec-targets"),
        ("журнал данных", "sec-data-log"),
        ("допущения", "sec-assumptions"),
        ("метод", "sec-method"),
    )
    said = ", ".join(f"[{words}]({name}.qmd#{anchor})" for words, anchor in links)
    return f"Полностью — в приложении: {said}."


def _whole(*parts: str) -> str:
    """What is not divided between pages of paper if it can be helped."""
    return f":::: {{.whole}}\n{_joined(parts)}\n::::"


def _shown(annex: Mapping[str, Exhibit], label: str) -> str:
    return annex[label].markdown if label in annex else ""


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)
