"""What the documents of a year are made from, and what each of them has: four parts, numbered tables, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.cleaning.schools import Register
from analysis.documents.authored import DECISION, HYPOTHESIS, NOT_WRITTEN, Decisions, Key, Reply
from analysis.documents.settings import SETTINGS_FILE, Kind, Settings
from analysis.documents.staging import Document
from analysis.errors import AnalysisError
from analysis.lineage.named import table_code
from analysis.presentation.conclusions.evidence import Evidence
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.sentence import Case
from analysis.presentation.exhibits import Exhibit, data_note
from analysis.presentation.markdown import escape
from analysis.presentation.passport import MODEL
from analysis.presentation.russian import listed, long_date
from analysis.presentation.sentences import ended
from analysis.rules.written import bracketed, doubt


@dataclass(frozen=True)
class Material(Evidence):
    """The tables of the last build for one year, and what people have written about them.

    Attributes:
        register: The registry of schools.
        decisions: Hypotheses and decisions.
        replies: Replies of schools, by login.
        settings: What is recorded about documents.
    """

    register: Register
    decisions: Decisions
    replies: Mapping[str, Reply]
    settings: Settings

    @property
    def place(self) -> str:
        """The city as a line begins with it."""
        return f"{self.edition.project.city[:1].upper()}{self.edition.project.city[1:]}"

    def cited(self, kind: str) -> tuple[str, ...]:
        """The activities of the roadmap that ask for a kind of document."""
        return self.settings.activities.get(kind, ())


FACT, CONCLUSION = "# Факт", "# Вывод"
NO_CONCLUSION = "Сведений для выводов недостаточно."


def of_report(material: Material, exhibit: Exhibit) -> str:
    """A table of the annual report as a document shows it: its data lie with the report, its code is the same."""
    label = exhibit.label
    code = escape(table_code(label, material.year, internal=True))
    note = f"::: {{.table-note}}\nКод таблицы: {code}\n:::"
    return exhibit.markdown.replace(data_note(material.edition, label), note)


def bullets(sentences: Sequence[str], otherwise: str = "") -> str:
    """Sentences, each a point of a list; a sentence is Markdown."""
    return "\n".join(f"- {sentence}" for sentence in sentences) or otherwise


def concluded(kind: Kind, case: Case) -> str:
    """What the evidence carries of the sentences that a kind of document may hold."""
    return bullets([one.markdown for one in conclusions(case, kind.id)], NO_CONCLUSION)


def hypotheses_and_decisions(material: Material, kind: Kind, school: str = "") -> str:
    """The two parts that people write; where nobody has, it says so."""
    parts = []
    for part in (HYPOTHESIS, DECISION):
        parts += [f"# {part}", material.decisions.get(Key(kind.id, school, part), NOT_WRITTEN)]
    return "\n\n".join(parts)


def asked_for(material: Material, kind: Kind) -> str:
    """Which rows of the roadmap ask for the document; nothing where no entry says so."""
    codes = material.cited(kind.id)
    if not codes:
        return ""
    known = set(material.edition.plan["activity_code"])
    rows = "мероприятию" if len(codes) == 1 else "мероприятиям"
    wrong = [code for code in codes if code not in known]
    if wrong:
        raise AnalysisError(f"{SETTINGS_FILE}: мероприятия {', '.join(wrong)} в «дорожной карте» нет.")
    return escape(f"Составлено по {rows} {listed(list(codes))} «дорожной карты».")


def whence(material: Material, asks: Sequence[str], indicators: bool = True) -> str:
    """Where the numbers come from, and how to ask about each."""
    edition, passport = material.edition, material.passport
    said = [ended(f"Сведения на {long_date(edition.data_date)}")]
    if edition.project.collection is not None:
        day = long_date(edition.project.collection.cutoff(material.year))
        own = bracketed(doubt(edition.project.collection.cutoff_is_default(material.year), confirmed=True))
        said.append(ended(f"Срок приёма сведений за год — {day}{own}"))
    if passport is not None and indicators:
        method = passport.method
        own = bracketed(doubt(passport.since is None, confirmed=True))
        said.append(f"Показатели — по паспорту показателей версии {passport.version}{own}. {ended(method.interval)}")
        said.append(MODEL if method.confirmed else f"{MODEL} Нормой этот способ не задан.")
    how = " или ".join(f"`analysis explain {ask}`" for ask in asks or [f"ЛОГИН@{material.year}"])
    return f"{escape(' '.join(said))} Откуда числа: {how}."


def small_print(material: Material, indicators: bool = True) -> str:
    """«Откуда сведения» of a document about the city, in small letters."""
    asks = [f"{login}@{material.year}" for login in material.supported[:2]]
    return f"# Откуда сведения\n\n::: {{.table-note}}\n{whence(material, asks, indicators)}\n:::"


def city_document(
    material: Material, kind: Kind, name: str, facts: Sequence[str], below: str, above: str = ""
) -> Document:
    """A document about the whole city in a year: its parts one after the other, empty ones left out.

    Args:
        material: What it is made from.
        kind: Its kind.
        name: Its file name without the year.
        facts: What stands under «Факт».
        below: What it ends with, in small letters.
        above: What stands before the facts.
    """
    parts = [above, FACT, *facts, CONCLUSION, concluded(kind, Case(material)), hypotheses_and_decisions(material, kind)]
    subtitle = f"{material.place}, {material.year} год"
    return Document("city", f"{name}-{material.year}", kind.title, subtitle, "\n\n".join(filter(None, [*parts, below])))
