"""A bench that is not there, and one that fails, are readable errors."""

from pathlib import Path

import pytest
from auricle_cli import benches
from auricle_cli.errors import CliError


def test_without_a_checkout_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="checkout"):
        benches.run(tmp_path, "test_compression.py", {})


def test_settings_reach_the_bench_and_its_end_is_told(tmp_path: Path) -> None:
    bench = tmp_path / "tests" / "bench" / "test_one.py"
    bench.parent.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = bench\n")
    bench.write_text(
        "import os, pytest\n@pytest.mark.bench\ndef test_one():\n    assert os.environ['AURICLE_BENCH_ONE'] == 'yes'\n"
    )
    benches.run(tmp_path, "test_one.py", {"AURICLE_BENCH_ONE": "yes"})
    with pytest.raises(CliError, match="ended with 1"):
        benches.run(tmp_path, "test_one.py", {"AURICLE_BENCH_ONE": "no"})
