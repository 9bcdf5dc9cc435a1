"""What the office of the demo keeps of the exports, and SOURCES.toml: each received file with its day and its hash."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from analysis.demo.exam_sittings import EGE, sittings
from analysis.demo.exports import Export, exports
from analysis.demo.town import parameters
from analysis.forms.receive_exports import DIGITS_OF_NAME
from analysis.intake.exports.counts import counts_csv
from analysis.intake.exports.recognise import read_export
from analysis.rules.config import INVENTED, quoted
from analysis.rules.exam_calendar import SCORE_SCALE, Vocabulary, load_vocabulary
from analysis.starter.sources import INSTALLATION

ORIGIN = "Придумано, чтобы показать программу"
LICENCE = "Вымышленный документ; публикуется без ограничений"


@dataclass(frozen=True)
class Filed:
    """A received file.

    Attributes:
        file: Its path inside the project.
        title: What it is.
        kind: One of config.SOURCE_KINDS.
        received: The day it came.
        content: Its bytes.
        more: Further keys of its entry; those without a value are left out.
    """

    file: str
    title: str
    kind: str
    received: date
    content: bytes
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def sources_text(filed: Iterable[Filed]) -> str:
    """Returns SOURCES.toml."""
    return "\n".join([f"# {INVENTED}.", "", *map(_entry, filed)])


def _entry(filed: Filed) -> str:
    values: dict[str, str | date] = {
        "file": filed.file,
        "title": f"{filed.title.removesuffix(f' ({INVENTED.lower()})')}. {INVENTED}",
        "origin": ORIGIN,
        "received": filed.received,
        "sha256": hashlib.sha256(filed.content).hexdigest(),
        "licence": LICENCE,
        "kind": filed.kind,
        **{name: value for name, value in filed.more.items() if value},
    }
    return "\n".join(["[[source]]", *(f"{name} = {_value(value)}" for name, value in values.items()), ""])


def _value(value: str | date) -> str:
    return quoted(value) if isinstance(value, str) else value.isoformat()


MINIMUM = """
[[minimum_score]]
procedure = "ЕГЭ"
calendar_year = {}
subject = "{}"
score = {}
basis = "{}: минимум этого города"
confirmed = false
"""


def filed_exports() -> list[Filed]:
    """Returns the exports as the project holds them."""
    return [_counts(one) if one.has_pupils else _as_it_came(one) for one in exports() if not one.only_inbox]


def inbox_files() -> dict[str, bytes]:
    """Returns the files with a row per pupil by name: they belong into a folder outside the project."""
    return {one.path: one.content() for one in exports() if one.has_pupils}


def calendar_with_minima(calendar: bytes) -> bytes:
    """Returns the calendar of procedures with the minimum scores of the town."""
    known = _vocabulary().minimum_scores.items()
    minima = (MINIMUM.format(year, subject, score, INVENTED) for (_, year, subject), score in known)
    return calendar + "".join(minima).encode()


@cache
def _vocabulary() -> Vocabulary:
    return replace(load_vocabulary(INSTALLATION), minimum_scores=dict(_minima()))


def _minima() -> Iterator[tuple[tuple[str, int, str], int]]:
    for held in sittings():
        if (held.procedure, held.scale) == (EGE, SCORE_SCALE):
            for subject, given in parameters()["scores"].items():
                if subject in held.grades:
                    yield (EGE, held.calendar_year, subject), given["minimum"]


def _as_it_came(export: Export) -> Filed:
    more = {"wave": export.wave if export.said_wave else ""}
    return Filed(export.path, export.title, "export", export.received, export.content(), more)


def _counts(export: Export) -> Filed:
    content = export.content()
    kept = counts_csv(read_export(content, export.path, _vocabulary()).counts)
    more = {"wave": export.wave if export.said_wave else "", "derived_from": hashlib.sha256(content).hexdigest()}
    path = f"data/raw/{export.year}/counts_{hashlib.sha256(kept).hexdigest()[:DIGITS_OF_NAME]}.csv"
    return Filed(path, f"{export.title}: итоги по школам", "counts", export.received, kept, more)
