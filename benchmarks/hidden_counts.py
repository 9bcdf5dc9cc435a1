"""The attack on hidden counts over invented towns: `python -m benchmarks.hidden_counts TOWNS` prints what was found."""

import sys
import time
from pathlib import Path

from analysis.indicators.school_facts import LISTED, public_rows
from analysis.indicators.school_tables import KEYS, school_tables
from analysis.pipeline.audit import printed_cells, provable
from analysis.rules.office_files import DEFAULT_POLICY, Choice

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from school_towns import town_facts


def main(towns: int) -> None:
    """Masks and attacks so many towns of three to eight schools; prints counts and seconds."""
    hidden = small = narrow = 0
    masking = attacking = 0.0
    for seed in range(towns):
        town = town_facts(3 + seed % 6, years=(2021,), seed=seed)
        started = time.process_time()
        public = school_tables(town, DEFAULT_POLICY, Choice(f"town {seed}"))
        masked = time.process_time()
        printed = {name: printed_cells(name, public_rows(name, public[f"public_{name}"])) for name in (*LISTED, *KEYS)}
        lines = list(provable(town, DEFAULT_POLICY, printed))
        masking, attacking = masking + masked - started, attacking + time.process_time() - masked
        hidden, small = hidden + len(lines), small + sum(one.is_small for one in lines)
        narrow += sum(one.is_narrow for one in lines)
        print(seed + 1, hidden, small, narrow, file=sys.stderr)
    print(f"{towns} towns: {hidden} hidden counts, {small} small, {narrow} narrower than a small count")
    print(f"seconds a town: mask {masking / towns:.2f}, attack {attacking / towns:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
