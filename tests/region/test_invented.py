"""The invented region: cities approve what was built of them, and the last one has not yet."""

from analysis.region.dataset import CITIES, STATE
from analysis.region.invented import TOWNS, write_region
from analysis.region.settings import load_region

HASHES = '{"hashes": {"2021": "0123456789abcdef", "2022": "fedcba9876543210"}}'


def test_towns_approve_what_is_built_all_but_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.region.invented._project", lambda *_: {})
    write_region(tmp_path, TOWNS[:3])
    region = load_region(tmp_path)
    assert region.file.approvals == ()
    for town in TOWNS[:3]:
        target = region.output / CITIES / town.id / STATE
        target.parent.mkdir(parents=True)
        target.write_text(HASHES, encoding="utf-8")
    write_region(tmp_path, TOWNS[:3])
    approved = [(one.city, one.edition, one.hash) for one in load_region(tmp_path).file.approvals]
    assert approved == [(town.id, year, digest) for town in TOWNS[:2] for year, digest in
                        ((2021, "0123456789abcdef"), (2022, "fedcba9876543210"))]  # fmt: skip
