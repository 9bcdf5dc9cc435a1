"""What cleaning of a roadmap finds, collected in the order of the document."""

from dataclasses import dataclass, field

from analysis.contracts.findings import Finding, Severity

CHECK_DOCUMENT = "Сверьте с подписанным документом; запишите исправление в data/corrections.toml."


@dataclass
class RoadmapFindings:
    """Findings about one document."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def block(
        self, rule: str, place: str | tuple[str, ...], value: str, explanation: str, action: str = CHECK_DOCUMENT
    ) -> None:
        """Adds a finding that stops the build."""
        places = (place,) if isinstance(place, str) else place
        self.found.append(Finding(rule, Severity.BLOCKS, self.file, places, value, explanation, action))

    def attention(
        self, rule: str, places: tuple[str, ...], value: str, explanation: str, action: str, stanza: str = ""
    ) -> None:
        """Adds a finding that somebody should look at."""
        self.found.append(Finding(rule, Severity.ATTENTION, self.file, places, value, explanation, action, stanza))

    def note(self, rule: str, places: tuple[str, ...], value: str, explanation: str, action: str) -> None:
        """Adds a finding that only says what was done."""
        self.found.append(Finding(rule, Severity.NOTE, self.file, places, value, explanation, action))
