"""What a file of metrics may hold. Cannot prove that CloudWatch exports it so; the guide shows how to write it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.fleet.recorded import Series
from floodgate.whatif.metrics_file import MetricsError, instant, read_metrics

HEADER = "time,namespace,metric,dimensions,value\n"
ROW = "2021-08-09T11:00:00Z,AWS/EC2,CPUUtilization,AutoScalingGroupName=web,50\n"


def write(folder: Path, text: str | bytes) -> Path:
    """A file of metrics."""
    path = folder / "metrics.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [HEADER + ROW, "\ufeff" + HEADER + ROW, (HEADER + ROW).replace("\n", "\r\n"), HEADER + ROW.replace("Z", "+00:00"),
     HEADER + ROW.replace("AWS/EC2", '"AWS/EC2"')],
)  # fmt: skip
def test_a_datapoint_is_read_whatever_wrote_the_file(tmp_path: Path, text: str) -> None:
    name = ("AWS/EC2", "CPUUtilization", (("AutoScalingGroupName", "web"),))
    assert read_metrics(write(tmp_path, text)) == {name: Series((1628506800,), (50.0,))}


def test_rows_and_dimensions_may_come_in_any_order(tmp_path: Path) -> None:
    rows = "2021-08-09T11:01:00Z,N,m,A=1;B=2,2\n2021-08-09T11:00:00Z,N,m,B=2;A=1,1\n"
    (series,) = read_metrics(write(tmp_path, HEADER + rows)).values()
    assert series.values == (1.0, 2.0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.replace("50", "nan"), ":2: 'nan': a value is a finite number"),
        (ROW.replace("50", "1e999"), ":2: '1e999': a value is a finite number"),
        (ROW.replace("Z", "+09:00"), ":2: '2021-08-09T11:00:00+09:00': a time is ISO 8601 in UTC"),
        (ROW.replace("08-09", "02-30"), ":2: '2021-02-30T11:00:00Z': a time is"),
        (ROW + ROW, ":3: '2021-08-09T11:00:00Z': metric 'CPUUtilization' has a datapoint of this time already"),
        ("one,two\n", ":2: '2 fields': a row has 5"),
        (ROW.replace("=web", ""), ":2: 'AutoScalingGroupName': dimensions are Name=Value"),
    ],
)
def test_a_malformed_row_is_named_with_its_line_and_rule(tmp_path: Path, row: str, said: str) -> None:
    path = write(tmp_path, HEADER + row)
    with pytest.raises(MetricsError) as error:
        read_metrics(path)
    assert error.value.problems[0].startswith(f"{path}{said}")


FIELD = (
    st.sampled_from(["2021-08-09T11:00:00Z", "N", "A=1", ";", "1", "", '"', "\r", "\x00", "１", "=", "inf"]) | st.text()
)


@given(content=st.binary() | st.lists(FIELD).map(lambda fields: (HEADER + ",".join(fields)).encode("utf-8", "replace")))
def test_whatever_the_file_holds_only_the_named_error_is_raised(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("fuzz"), content)
    problems: Sequence[str] = ("",)
    try:
        read_metrics(path)
    except MetricsError as error:
        problems = error.problems
    assert len(problems) == 1


def test_an_instant_is_whole_seconds_in_utc() -> None:
    assert (instant("2021-08-09T11:00:10Z"), instant("2021-08-09"), instant("20210809T110000Z")) == (
        1628506810,
        None,
        None,
    )
