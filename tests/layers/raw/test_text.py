"""Municipal text files: separators, decimal commas, byte order marks, encodings, leading zeros."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.text import (
    clean_text,
    encoded_twice,
    filled_rows,
    parse_numbers,
    parse_rd,
    read_csv_rows,
    read_csv_text,
    table_from_rows,
    text_column,
    to_text,
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


def numbers(*texts: str, whole: bool = False) -> list[float | None]:
    found = parse_numbers(pd.Series(list(texts), dtype="str"), whole=whole)
    return [None if np.isnan(number) else number for number in found]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # a lone mark before three digits says nothing by itself: decimal where the column may have decimals
        (("1,250",), [1.25]),
        (("1.250",), [1.25]),
        (("1,250", "3,5"), [1.25, 3.5]),
        (("1,250", "1.234,5"), [1.25, 1234.5]),
        (("1,250", "1,234.5"), [1250.0, 1234.5]),
        (("1,250", "1,234,567"), [1250.0, 1234567.0]),
        (("1,250", "1.5"), [1.25, 1.5]),
        (("12,5", "1,234.5"), [12.5, None]),
        (("0,250",), [0.25]),
        (("1.234.567", "1.234"), [1234567.0, 1.234]),
        (("-1.234.567", "+12"), [-1234567.0, 12.0]),
        (("1'234", "1 234,5"), [1234.0, 1234.5]),
        (("1234.", ".5", "5,"), [1234.0, 0.5, 5.0]),
        (("1e5", "1E-2", "1e1234", "e5"), [100000.0, 0.01, None, None]),
        (("1.2.3", "1,2,3", "1,2.5", "12,34,567.5"), [None, None, None, None]),
        (("1.2.3,5", "12.34,5", "1.234,5"), [None, None, 1234.5]),
        (("--1", "1-", "1,,000", "1,000,"), [None, None, None, None]),
        (("999999999999", "1000000000000"), [999999999999.0, None]),
        (("-999999999999", "-1000000000000"), [-999999999999.0, None]),
    ],
)  # fmt: skip
def test_what_a_mark_before_three_digits_is_follows_from_the_other_values(
    texts: tuple[str, ...], expected: list[float | None]
) -> None:
    assert numbers(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1.250",), [1250.0]),
        (("1,250",), [None]),  # decimal or thousands: nobody knows
        (("1,250", "12,5"), [1.25, 12.5]),
        (("1,250", "1,234,567"), [1250.0, 1234567.0]),
        (("1.250", "2.5"), [None, 2.5]),
        (("1.250.000", "2.500"), [1250000.0, 2500.0]),
        (("0.250",), [0.25]),  # no number of thousands begins with nought
        (("1.25", "12.345"), [1.25, None]),
        (("1.250", "3,5"), [1250.0, 3.5]),
    ],
)
def test_in_whole_numbers_a_dot_is_one_of_thousands_and_a_comma_is_not_known(
    texts: tuple[str, ...], expected: list[float | None]
) -> None:
    assert numbers(*texts, whole=True) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("204,647", "196.669"), [204647.0, 196669.0]),
        (("204.647", "196669"), [204.647, 196669.0]),
        (("204.647.000", "196.669.000"), [204647000.0, 196669000.0]),
        (("", " "), [None, None]),
    ],
)
def test_rd_with_marks_of_thousands_everywhere_is_metres(texts: tuple[str, ...], expected: list[float | None]) -> None:
    found = parse_rd(pd.Series(list(texts), dtype="str"))
    assert [None if np.isnan(number) else number for number in found] == expected


def test_a_text_is_as_people_see_it() -> None:
    assert clean_text("  Hal\u00a0 A\t\n1 ") == "Hal A 1"
    assert clean_text("Zuid\u200bhal\x07\ufeff") == "Zuidhal"
    assert clean_text("Cafe\u0301") == "Café"
    assert clean_text("  gewoon  ") == "gewoon"
    assert clean_text("a\u2003b") == "a b"


def test_a_text_through_two_encodings_is_known() -> None:
    assert encoded_twice("Café".encode().decode("cp1252"))
    assert encoded_twice("’t Hoekje".encode().decode("cp1252"))
    assert not encoded_twice("Café ’t Hoekje à la carte")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.25, "1.250" + "0"), (1.125, "1.1250"), (-0.5, "-0.5"), (1e11, "100000000000"), (2e12, "2000000000000.0"),
        (np.float32(2.0), "2"), (True, "ja"), (False, "nee"), (np.bool_(True), "ja"), (7, "7"), (pd.NaT, ""),
        (dt.date(2026, 12, 3), "2026-12-03"), (dt.time(9, 30), "09:30:00"), ("a\tb", "a b"),
    ],
)  # fmt: skip
def test_a_value_as_text_is_what_a_sheet_shows_and_three_decimals_are_no_thousands(value: object, text: str) -> None:
    expected = "1.25" if value == 1.25 else text
    assert to_text(value) == expected


def csv_error(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"\w") as caught:
        read_csv_rows(path)
    return str(caught.value)


def test_an_encoding_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert "line 3 has a character that is no UTF-8" in csv_error(path, "a;b\né;1\n".encode() + b"\xe9;2\n")
    assert "line 2 has a character of an encoding we do not know" in csv_error(path, b"a;b\nCaf\x82e;1\n")
    assert "neither UTF-8 nor Windows-1252 text, from line 2 on" in csv_error(path, b"a;b\n\x81;1\n")
    assert csv_error(path, b"a;b\x00;c\n") == "this is no text file"
    assert "neither UTF-8" in csv_error(path, b"\xff\xfea")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a;é\n".encode("utf-16"), "utf-16"), ("a;b\n".encode("utf-16-le"), "utf-16"),
        ("a;é\n".encode("cp1252"), "cp1252"), ("a;é\n".encode("utf-8-sig"), "utf-8"), (b"a;b\n", "utf-8"),
        ("\ufeffa;b\n".encode("utf-16-be"), "utf-16"),
    ],
)  # fmt: skip
def test_the_encoding_of_a_file_is_told(tmp_path: Path, content: bytes, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    read = read_csv_text(tmp_path / "a.csv")
    assert (len(read.rows[0]), read.rows[0][0], read.encoding) == (2, "a", encoding)


def test_a_file_has_a_million_rows_below_its_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 2)
    (tmp_path / "a.csv").write_text("naam\na\nb\n")
    assert read_csv_rows(tmp_path / "a.csv") == [["naam"], ["a"], ["b"]]
    assert "more than 2 rows" in csv_error(tmp_path / "b.csv", b"naam\na\nb\nc\n")


def test_a_cell_that_swallows_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    long = b"naam;x\na;1\n" + b"x" * 140_000 + b";2\n"
    assert csv_error(tmp_path / "a.csv", long) == "line 3 holds a text of more than 131,072 characters"
    assert "do not match near line 2" in csv_error(tmp_path / "b.csv", b'naam;x\n"open;1\n')


def test_the_separator_is_that_of_the_line_with_the_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Lijst van zalen, halls, kerken, en meer\nnaam;x\nHal;1\n")
    assert read_csv_text(path, {"naam", "x"}).rows[1] == ["naam", "x"]
    assert len(read_csv_text(path).rows[0]) == 4
    path.write_text("\n\nnaam|x|y\nHal|1,5|2\n")
    assert read_csv_rows(path)[2] == ["naam", "x", "y"]


def test_rows_are_numbered_as_in_the_file_and_empty_ones_do_not_count() -> None:
    rows = [["", " "], ["titel"], [], ["naam", "x", ""], ["Hal", "1"], ["", ""], ["Kerk"]]
    assert filled_rows(rows) == [2, 4, 5, 7]
    assert table_from_rows(rows, 3).to_dict("list") == {"naam": ["Hal", "Kerk"], "x": ["1", ""]}
    assert table_from_rows([["naam", "", "x"], ["a", "b", "c"]]).columns.tolist() == ["naam", "column 2", "x"]
    assert table_from_rows([["naam", "x"]]).shape == (0, 2)
    assert table_from_rows([["naam"], ["a", "", " "]]).to_dict("list") == {"naam": ["a"]}


def test_rows_with_more_values_than_columns_are_counted_and_three_of_their_lines_are_shown() -> None:
    rows = [["naam"], *[["a", "b"]] * 5]
    with pytest.raises(
        ValueError, match="5 rows have more values than the header has columns, the first on line 2, 3, 4;"
    ):
        table_from_rows(rows)
