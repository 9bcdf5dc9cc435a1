"""What was reported about a measure and year: whose fact counts and why, evidence, and what was not counted and why."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.facts import COUNTED, LATE
from analysis.contracts.findings import RULE_TITLES
from analysis.indicators.execution import ACCEPTED, RETURNED, WAITING
from analysis.lineage.ground import Ground, asked_as, key_of, known, row_place
from analysis.presentation.words import Row, count_words
from analysis.rules.config import REPORTING_FILE

FACT_RULE = (
    "сообщено — сумма фактов тех, чей факт засчитывается; подтверждено — из них с подтверждениями, кроме возвращённых; "
    "принято — с принятыми подтверждениями; у каждого не больше, чем он сообщил"
)


def fact_chain(row: Row, ground: Ground) -> Iterator[str]:
    """The facts of a measure and year, from the totals to evidence and verdicts."""
    key = key_of(row)
    counting = [duty.reporter for duty in ground.owed[key]]
    yield f"  факт: {counts_words(row)}; состояние: {row['status']}"
    yield f"    правило: {FACT_RULE}"
    yield f"    засчитывается: {_basis(row, counting, ground)}"
    if row["missing_reporters"]:
        lower, upper = count_words(row["reported_lower_count"]), count_words(row["reported_upper_count"])
        yield f"    не отчитались: {row['missing_reporters']} (от {lower} до {upper})"
    reports = ground.reports[key]
    for report in sorted(reports, key=lambda one: one["reporter"] not in counting):
        yield from report_chain(report, row, report["reporter"] in counting, ground)
    for reporter in dict.fromkeys([*counting, *(report["reporter"] for report in reports)]):
        yield from (f"    {line}" for line in forms_of(reporter, key[2], ground, standing=False))


def counts_words(row: Row) -> str:
    """«сообщено 2, подтверждено 2, принято 1» of a row of facts."""
    names = (("сообщено", "reported_count"), ("подтверждено", "documented_count"), ("принято", "accepted_count"))
    return ", ".join(f"{word} {count_words(row[name])}" for word, name in names)


def facts_in_short(row: Row, ground: Ground) -> Iterator[str]:
    """One line a reporter whose fact counts: its counts and the cell they stand in."""
    reports = {report["reporter"]: report for report in ground.reports[key_of(row)]}
    for duty in ground.owed[key_of(row)]:
        report = reports.get(duty.reporter)
        if report is None:
            yield f"{duty.reporter}: нет сведений"
        else:
            fact = ground.facts[(key_of(row), duty.reporter)]
            yield f"{duty.reporter}: {counts_words(fact)} ← {ground.cell(report)}"


def report_chain(report: Row, row: Row, counts: bool, ground: Ground) -> Iterator[str]:
    """One reporter's fact with its cell, evidence and findings, and whether it counts."""
    yield f"    {report['reporter']}: {count_words(report['fact_count'])} ← {ground.cell(report)}"
    if counts:
        yield f"      засчитано: {counts_words(ground.facts[(key_of(row), report['reporter'])])}"
    else:
        yield "      в счёт не идёт, лишь подтверждает: засчитывается факт того, кто отвечает за показатель"
    pieces = [one for one in ground.evidence[key_of(row)] if one["reporter"] == report["reporter"]]
    for piece in pieces:
        yield from (f"      {line}" for line in evidence_chain(piece, ground))
    named = sum(piece["confirmed_count"] for piece in pieces if _verdict(piece, ground) != RETURNED)
    if pieces and named > (0 if pd.isna(report["fact_count"]) else report["fact_count"]):
        yield f"      подтверждений на {named}, а факт {count_words(report['fact_count'])}: засчитано не больше факта"
    yield from _findings(report, row, ground)


def evidence_chain(piece: Row, ground: Ground) -> Iterator[str]:
    """A piece of evidence, its row, and what the office decided; what does not count says so."""
    number, day = known(" № ", piece["evidence_number"]), known(" от ", piece["evidence_date"])
    link = known(", ", piece["evidence_link"])
    yield f"подтверждение: {piece['evidence_kind']}{number}{day}{link}, единиц: {piece['confirmed_count']}"
    yield f"  ← {ground.cell(piece)}; код {piece['evidence_id']}"
    verdict = ground.verdicts.get(piece["evidence_id"])
    if verdict is None:
        yield f"  {WAITING}: в принятое не вошло"
        return
    who, when = known(", ", verdict["verdict_by"]), known(", ", verdict["verdict_date"])
    without = "" if verdict["verdict"] == ACCEPTED else "; не засчитано"
    yield f"  {verdict['verdict']}{who}{when}{known(': ', verdict['reason'])}{without} ← {ground.cell(verdict)}"


def forms_of(reporter: str, year: int, ground: Ground, standing: bool = True) -> Iterator[str]:
    """The forms of a reporter and year in the order they came: which stands, which was replaced, which came late."""
    forms = [form for form in ground.forms if (form["reporter"], form["calendar_year"]) == (reporter, year)]
    counted = next((form["source_file"] for form in forms if form["form_state"] == COUNTED), "")
    for form in forms:
        came = f"форма {form['source_file']}, получена {form['received_date']:%d.%m.%Y}"
        if form["form_state"] == LATE:
            yield f"{came}: после срока {form['cutoff_date']:%d.%m.%Y}, сведения в отчёт не вошли"
        elif form["form_state"] != COUNTED:
            yield f"{came}: заменена формой {counted}"
        elif standing:
            yield f"{came}: действует"


def _verdict(piece: Row, ground: Ground) -> str:
    verdict = ground.verdicts.get(piece["evidence_id"])
    return WAITING if verdict is None else str(verdict["verdict"])


def _basis(row: Row, counting: list[str], ground: Ground) -> str:
    """Whose fact counts, and the entry or the rule that says so."""
    if not counting:
        return "ничей: исполнитель форм не получает, или в этом году некому отчитываться"
    code, number, _ = key_of(row)
    entry = next((one for one in ground.reporting if (one.activity, one.measure) == (code, number)), None)
    who = ", ".join(counting)
    if entry is None:
        return f"{who}; без записи в {REPORTING_FILE}: засчитан названный первым"
    return f"{who}; запись в {REPORTING_FILE}: {entry.basis} ({entry.who})"


def _findings(report: Row, row: Row, ground: Ground) -> Iterator[str]:
    """Findings about rows of the form that name this measure, and about verdicts that have lapsed."""
    file, own_row = report["source_file"], row_place(report["place"])
    for finding in ground.findings[file]:
        rows = [row_place(place) for place in finding["place"].split("; ")]
        labels = [ground.lines[(file, one)].measure_label for one in rows if (file, one) in ground.lines]
        if own_row in rows or row["measure_label"] in labels:
            yield f"      {_said(finding)}"
    prefix = f"{asked_as(row)}·{report['reporter']}·"
    for finding in (one for found in ground.findings.values() for one in found if one["rule"] == "acceptance"):
        if finding["value"].startswith(prefix):
            yield f"      {_said(finding)} ← {ground.cell(finding)}"


def _said(finding: Row) -> str:
    if finding["rule"] == "correction":
        return f"исправление: {finding['place']}: стояло «{finding['value']}». {finding['explanation']}"
    return f"замечание «{RULE_TITLES[finding['rule']]}»: {finding['place']}: {finding['explanation']}"
