"""Municipal text files: separators, decimal commas, byte order marks, encodings, leading zeros."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nsp_planner.layers.raw.text import (
    parse_numbers,
    parse_rd,
    read_csv_rows,
    table_from_rows,
    text_column,
)
from nsp_planner.layers.raw.workbook import read_sheet

TEXT = 'naam;code;x\n"Dorpshuis; groot";0085;204.647,5\nCafé ’t Hoekje;0098;196669\n'


def read_table(path: Path) -> pd.DataFrame:
    return table_from_rows(read_csv_rows(path))


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separator_and_encoding_do_not_matter(tmp_path: Path, mark: str, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.replace(";", mark).encode(encoding))
    table = read_table(tmp_path / "a.csv")
    assert list(table.columns) == ["naam", "code", "x"]
    assert table["naam"].tolist() == ["Dorpshuis groot" if mark == "\t" else f"Dorpshuis{mark} groot", "Café ’t Hoekje"]
    assert parse_rd(table["x"]).tolist() == [204647.5, 196669.0]


def test_leading_zeros_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT, encoding="utf-8")
    assert read_table(tmp_path / "a.csv")["code"].tolist() == ["0085", "0098"]


def test_a_comma_file_with_commas_in_quotes_is_comma_separated(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('naam,gebruik\nSchool,"a,b;c"\n', encoding="utf-8")
    assert read_table(tmp_path / "a.csv").iloc[0].tolist() == ["School", "a,b;c"]


def test_short_rows_are_filled_and_empty_rows_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a;b\n\n1\n;\n2;3\n", encoding="utf-8")
    assert read_table(tmp_path / "a.csv").to_numpy().tolist() == [["1", ""], ["2", "3"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a;b\n1;2;3\n", "more values than the header"),
        (b"a;a\n1;2\n", "more than one column a"),
        (b"\n\n", "no rows"),
        (b"PK\x00\x03binary", "no text file"),
    ],
)
def test_a_broken_csv_says_what_is_wrong(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_table(tmp_path / "a.csv")


def test_excel_is_read_as_text_with_leading_zeros(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in (["naam", "code", "x"], ["Kerk", "0085", 204647.0], [None, None, None], ["Hal", 98, 1.5]):
        workbook.active.append(row)
    workbook.create_sheet("leeg")
    workbook.save(tmp_path / "a.xlsx")
    table = table_from_rows(read_sheet(tmp_path / "a.xlsx", None).rows)
    assert table.to_numpy().tolist() == [["Kerk", "0085", "204647"], ["Hal", "98", "1.5"]]


def test_a_workbook_with_two_filled_sheets_asks_which(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active.append(["naam"])
    workbook.create_sheet("tweede").append(["naam"])
    workbook.save(tmp_path / "a.xlsx")
    with pytest.raises(ValueError, match='"Sheet", "tweede"'):
        read_sheet(tmp_path / "a.xlsx", None)
    assert read_sheet(tmp_path / "a.xlsx", "tweede").rows == [["naam"]]
    with pytest.raises(ValueError, match='no sheet "derde"'):
        read_sheet(tmp_path / "a.xlsx", "derde")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", 1234.5),
        ("1234,5", 1234.5),
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567.0),
        ("-99997", -99997.0),
        ("6.123", 6.123),
        (" 1 234 ", 1234.0),
        ("1e3", 1000.0),
        ("inf", np.nan),
        ("", np.nan),
        ("geen", np.nan),
        ("12-3", np.nan),
    ],
)
def test_a_number_in_dutch_or_english_notation(text: str, number: float) -> None:
    assert np.array_equal(parse_numbers(pd.Series([text], dtype="str")), [number], equal_nan=True)


def test_a_lone_dot_in_whole_numbers_is_a_thousands_dot() -> None:
    assert parse_numbers(pd.Series(["1.234", "12"], dtype="str"), whole=True).tolist() == [1234.0, 12.0]


def test_a_lone_dot_beside_decimal_points_is_not_known() -> None:
    numbers = parse_numbers(pd.Series(["1.234", "12.5"], dtype="str"), whole=True)
    assert numbers.isna().tolist() == [True, False]


def test_rd_with_thousands_dots_only_is_metres_but_degrees_stay_degrees() -> None:
    assert parse_rd(pd.Series(["204.647", "", "196.669"], dtype="str")).dropna().tolist() == [204647.0, 196669.0]
    assert parse_rd(pd.Series(["6.123", "5.98"], dtype="str")).tolist() == [6.123, 5.98]


def test_values_of_any_type_become_text() -> None:
    values = pd.Series([1.0, 1.5, None, np.nan, pd.NA, True, " a ", pd.Timestamp("2024-01-02")], dtype=object)
    assert text_column(values).tolist() == ["1", "1.5", "", "", "", "ja", "a", "2024-01-02T00:00:00"]


def test_a_comma_before_its_decimals_says_that_commas_of_the_column_are_decimal() -> None:
    assert parse_numbers(pd.Series([",5", "1,250"], dtype="str"), whole=True).tolist() == [0.5, 1.25]
