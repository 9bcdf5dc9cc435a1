"""What a file that people write may hold: a table is a frozen dataclass, a rule of a value stands in its annotation.

Pydantic reads these annotations (analysis.rules.toml_file); nothing here loads it before it is asked.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

MARK_SCALE, SCORE_SCALE = "отметка", "100 баллов"
# Marks of the year: they are no examination, and teachers give them to their own pupils.
JOURNAL = "Журнал"
SCALES = [MARK_SCALE, SCORE_SCALE]
# Beside a number that may be empty: why it is.
STATUS_SUFFIX = "_status"
GREEN, YELLOW, RED = RATINGS = ("зелёный", "жёлтый", "красный")


Model = TypeVar("Model", bound="Written")
At = tuple[str | int, ...]


class Misfit(NamedTuple):
    """What is wrong in a file.

    Attributes:
        said: In a sentence or two.
        at: The table, from the one that says it.
        key: In the table, if it is one key.
    """

    said: str
    at: At = ()
    key: At = ()


class Written:
    """A table of a file that people write: its fields are the keys, strictly typed, and there are no others.

    A subclass is a frozen dataclass. Where the file calls a field otherwise, it says so: `keys={field: key}`; and
    `called` is the key by which people know an entry.
    """

    keys: ClassVar[Mapping[str, str]] = {}
    called: ClassVar[str] = "id"
    __pydantic_config__: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, keys: Mapping[str, str] = MappingProxyType({}), called: str = "id") -> None:
        """Tells pydantic how strict to be, and the keys."""
        cls.keys, cls.called = keys, called
        names = {"alias_generator": lambda name: cls.keys.get(name, name)}
        cls.__pydantic_config__ = {"strict": True, "extra": "forbid", **names}

    def misfits(self) -> Iterator[Misfit]:
        """What the types cannot say; called only when all fields are right."""
        yield from ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Lets a table stand for the dataclass, which pydantic's strictness refuses, and adds the misfits."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(_fitting, {**handler(source), "strict": False})


def _fitting(table: Model) -> Model:
    from pydantic_core import PydanticCustomError

    if found := list(table.misfits()):
        raise PydanticCustomError("misfits", "", {"misfits": found})
    return table


@dataclass(frozen=True)
class Rule:
    """What a value must be beyond its type; stands in the annotation of the field.

    Attributes:
        fits: Whether a value is right.
        say: What is said of one that is not, after the words «ключ «…»».
        tidy: Makes of the value what is kept.
        whole: Whether `say` is said of a list as well when an item of it is of a wrong type.
        absent: What stands for a key that is not there; by default the key must be there.
    """

    fits: Callable[[Any], object] = lambda _: True
    say: Callable[[Any], str] = str
    tidy: Callable[[Any], Any] = lambda value: value
    whole: bool = False
    absent: object = ...

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Asks this rule after the type."""
        from pydantic_core import core_schema

        checked = core_schema.no_info_wrap_validator_function(self._checked, handler(source))
        return checked if self.absent is ... else core_schema.with_default_schema(checked, default=self.absent)

    def _checked(self, value: Any, typed: Callable[[Any], Any]) -> Any:
        from pydantic_core import PydanticCustomError, ValidationError

        try:
            kept = typed(value)
            if self.fits(kept):
                return self.tidy(kept)
        except ValidationError as error:
            if not self.whole or not any(one["loc"] for one in error.errors(include_url=False)):
                raise
        raise PydanticCustomError("rule", "{said}", {"said": self.say(value)})


def shown(value: object) -> str:
    """A value as it stands in a fault: a text in «», a list as a list."""
    if isinstance(value, str):
        return f"«{value}»"
    return repr(list(value)) if isinstance(value, tuple) else str(value)


def stands(expected: str) -> Callable[[Any], str]:
    """Says what stands there and what was expected; `expected` begins with «нужно», «нужна», «нужны»."""
    return lambda value: f": стоит {shown(value)}, {expected}."


def one_of(words: Sequence[str]) -> Rule:
    """One of these words."""
    return Rule(words.__contains__, stands(f"нужно одно из: {', '.join(words)}"))


def at_least(least: int) -> Rule:
    """A number that is not smaller."""
    return Rule(lambda value: value >= least, stands(f"нужно не меньше {least}"))


def filled(what: str = "Впишите текст.") -> Rule:
    """A text that is not blank, kept without blanks around it; a blank one is a question that nobody answered."""
    return Rule(str.strip, lambda _: f" пуст. {what}", str.strip)


def _as_typed(path: str) -> str:
    r"""A path as it stands in the file: to TOML, as to Python, «data\raw» holds the mark \r."""
    return path.translate({8: r"\b", 9: r"\t", 10: r"\n", 12: r"\f", 13: r"\r"})


def _backslashed(path: str) -> str:
    typed = _as_typed(path)
    slashed = typed.replace("\\", "/")
    return f": стоит «{typed}», а пути пишут через «/»: «{slashed}»."


def _all_words(values: Sequence[str]) -> bool:
    return all(value.strip() for value in values)


Filled = Annotated[str, filled()]
Share = Annotated[float, Rule(lambda value: 0 <= value <= 1, stands("нужна доля от 0 до 1"))]
# A path of the project; one written with backslashes would be another name for the same file.
FilePath = Annotated[str, Rule(lambda path: "\\" not in _as_typed(path), _backslashed)]
Code = Annotated[str, Rule(tidy=lambda code: code.rstrip("."))]
WORDS_NEEDED = stands("нужны непустые слова в кавычках")
Word = Annotated[str, Rule(str.strip, WORDS_NEEDED)]
Words = Annotated[tuple[str, ...], Rule(lambda words: words and _all_words(words), WORDS_NEEDED, whole=True)]
WordsOrNone = Annotated[tuple[str, ...], Rule(_all_words, WORDS_NEEDED, whole=True)]
Grades = Annotated[
    tuple[int, ...],
    Rule(
        lambda grades: grades and all(1 <= grade <= 11 for grade in grades),
        stands("нужен список классов от 1 до 11, например [5, 6]"),
        whole=True,
    ),
]


def repeated(values: Sequence[Hashable]) -> list[int]:
    """The places of values that stood before."""
    return [place for place, value in enumerate(values) if value in values[:place]]


def fields_by_key(model: Any) -> dict[str, Any]:
    """The annotations of a model's fields by the keys of the file."""
    hints = get_type_hints(model, include_extras=True)
    return {model.keys.get(name, name): hints[name] for name in model.__dataclass_fields__}


def bare(kind: Any) -> Any:
    """An annotation without rules and without «or None»."""
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    return bare(get_args(kind)[0]) if isinstance(kind, UnionType) else kind


DEFAULT_RULE = "правило по умолчанию, не утверждено управлением"
NOT_CONFIRMED = "не подтверждено"


def approval_misfits(default: bool, since: object, kind: str) -> Iterator[Misfit]:
    """What is wrong with an entry that comes with the program until the office writes `since` for `default = true`.

    Args:
        default: Whether it says that nobody has approved it.
        since: Since when the office has it; None where it does not say: the day on which we wrote it is not its day.
        kind: How `since` is written.
    """
    if default and since is not None:
        yield Misfit("ключ «since» бывает у утверждённого: уберите его или «default».", key=("since",))
    if not default and since is None:
        yield Misfit(f"нет ключа «since» ({kind}). Допишите его.")


def doubt(default: bool, confirmed: bool, unconfirmed: str = NOT_CONFIRMED) -> str:
    """Returns what must be said beside a rule: a default, or one whose text was not read; empty for any other."""
    return DEFAULT_RULE if default else "" if confirmed else unconfirmed


def bracketed(said: str) -> str:
    """The words in brackets, ready to follow others; nothing for none."""
    return f" ({said})" if said else ""
