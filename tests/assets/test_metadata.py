from __future__ import annotations

import gzip
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embreport.assets import MetadataTable, columns_from_table, read_metadata_table
from embreport.errors import EmbreportError, FormatError, LimitExceeded


def table(text: str | bytes, count: int) -> MetadataTable:
    data = text.encode() if isinstance(text, str) else text
    return read_metadata_table(data, count, path="m.tsv")


def cells(text: str | bytes, count: int) -> list[list[str | None]]:
    columns = table(text, count).for_rows(count).columns
    return [[column.cells[row] for column in columns] for row in range(count)]


def codes(text: str | bytes, count: int) -> list[str]:
    return [notice.code for notice in table(text, count).notices]


@pytest.mark.parametrize(
    ("text", "count", "names", "first"),
    [
        ("a\nb\nc\n", 3, ("label",), "a"),
        ("word\na\nb\nc\n", 3, ("word",), "a"),
        ("a\t1\nb\t2\n", 2, ("column 1", "column 2"), "a"),
        ("word\tn\na\t1\nb\t2\n", 2, ("word", "n"), "a"),
        ("a\nb\nc\n\n", 3, ("label",), "a"),
        ("word\tn\na\t1\nb\t2\n\n", 2, ("word", "n"), "a"),
        ("word\na\n\nb\n", 3, ("word",), "a"),
        ("a\n\nb\n", 3, ("label",), "a"),
        ("a\n\nb\n\nc\n", 3, ("label",), "a"),
        ("h\n\na\n\nb\n", 2, ("h",), "a"),
        ("word\tn\na\t1\n", 3, ("word", "n"), "a"),
        ("5\n0\n4\n", 2, ("label",), "5"),
        ("a\nb\nc\n\n\n", 3, ("label",), "a"),
        ("a\nb\nc" + "\n" * 50, 3, ("label",), "a"),
        ("word\n1\n2\n\n\n", 3, ("word",), "1"),
        ("l0\nl1\na\nb\nl3\nl4\nl5\n", 6, ("label",), "l0"),
        ("img 07.png\nimg 1.png\nimg 12.png\n", 2, ("label",), "img 07.png"),
        ("item\nl0\nl1\nl2\n", 3, ("item",), "l0"),
    ],
)
def test_the_count_of_lines_decides_about_the_header(text: str, count: int, names: tuple[str, ...], first: str) -> None:
    made = table(text, count)

    assert made.names == names
    assert made.rows[0][0] == first


def test_a_first_label_that_comes_up_again_is_no_header() -> None:
    assert cells("cat\ndog\ncat\n", 2) == [["cat"], ["dog"]]
    assert codes("cat\ndog\ncat\n", 2) == ["metadata-row-count"]


def test_the_header_of_a_vocabulary_may_be_one_of_its_words() -> None:
    words = [f"{first}{second}{third}" for first in "abcd" for second in "efgh" for third in "ijkl"]
    words[7] = "word"
    made = table("\n".join(["word", *words]) + "\n", len(words))

    assert made.names == ("word",)
    assert [row[0] for row in made.rows] == words
    assert [notice.code for notice in made.notices] == ["metadata-header"]


def test_a_first_label_that_comes_up_far_below_is_no_header_where_others_repeat() -> None:
    labels = ["cat", *["dog", "fox"] * 1000, "cat"]

    assert codes("\n".join(labels) + "\n", len(labels) - 1) == ["metadata-row-count"]


def test_blank_lines_at_the_end_do_not_make_a_header_of_the_first_label() -> None:
    labels = [f"w{row}" for row in range(24)]

    for end in ("\n\n\n", "\n\n", "\n", ""):
        assert cells("\n".join(labels) + end, 24) == [[label] for label in labels]


def test_a_blank_line_at_the_end_that_may_be_a_label_under_a_header_is_said() -> None:
    assert codes("word\na\nb\n\n", 3) == ["metadata-blank-end"]
    assert "“word”, is a header" in table("word\na\nb\n\n", 3).notices[0].message
    assert codes("1\n2\n3\n\n", 3) == codes("a\nb\nc\n\n\n", 3) == codes("a\nb\nc\n", 3) == []


def test_a_first_line_that_is_blank_is_no_name_of_a_column() -> None:
    made = table("\na\nb\n", 2)

    assert made.names == ("label",)
    assert [row[0] for row in made.rows] == ["a", "b"]


@pytest.mark.parametrize("text", ["word\tn\na\t1\nb\t2\nc\t3\n", "n\n1\n2\n3\n"])
def test_a_header_that_the_count_makes_a_label_is_warned_of(text: str) -> None:
    assert cells(text, 4)[0][0] in ("word", "n")
    (notice,) = table(text, 4).notices
    assert (notice.code, notice.severity) == ("metadata-header", "warning")
    assert "looks like a header" in notice.message


@pytest.mark.parametrize("text", ["word\tNA\na\t1\nb\t2\n", "a\tx\nb\t1\nc\ty\n", "a\nb\nc\n", "nan\n1\n2\n"])
def test_a_first_label_that_merely_lacks_a_number_is_not_warned_of(text: str) -> None:
    assert codes(text, 3) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_lines_end_with_lf_or_crlf_or_the_file(end: str) -> None:
    assert cells(f"a{end or chr(10)}b{end}", 2) == [["a"], ["b"]]


@pytest.mark.parametrize(
    "cell",
    [
        *("007", "1.0", " ", "   ", "\xa0", "\u3000", " a ", "NaN", "null", "#", "\\n", "\ufeff", "<b>", "=1+1"),
        *('"q"', '"', "'q", '"a', "a\x0bb", "a\x0cb", "a\x85b", "a\u2028b", "a\u2029b", "a\rb", "\ra", "a\x1cb"),
        *("\0", "a\0b", "\0a", "a\0", "\x1b[31m", "e\u0301", "\u202eabc", "😀"),
    ],
)
def test_a_cell_stays_as_it_is_spelled(cell: str) -> None:
    assert cells(f"other\n{cell}\nlast\n", 3) == [["other"], [cell], ["last"]]
    assert cells(f"x\ty\n1\t{cell}\n{cell}\t2\n", 2) == [["1", cell], [cell, "2"]]


def test_blank_labels_stay_where_the_count_says_that_they_are_labels() -> None:
    assert cells("\na\n\n", 3) == [[""], ["a"], [""]]
    assert cells("word\n\na\n\n", 3) == [["word"], [""], ["a"]]
    assert cells("x\ty\n\t\na\t\n", 2) == [["", ""], ["a", ""]]
    assert cells(" \n\t\n", 2) == [[" "], ["\t"]]


def test_rows_without_a_line_have_no_label_and_keep_their_place() -> None:
    assert cells("a\nb\n", 4) == [["a"], ["b"], [None], [None]]
    (notice,) = table("a\nb\n", 4).notices
    assert (notice.code, notice.severity, notice.where) == ("metadata-row-count", "warning", "m.tsv")
    assert "2 rows for 4 vectors" in notice.message
    assert "the last 2 vectors have none" in notice.message
    assert "the last vector has none" in table("a\n", 2).notices[0].message


@pytest.mark.parametrize(
    "text", ["apple\t5\npear\t4\nplum\t4\nlemon\t", "apple\t5\npear\t\nplum\t\nlemon\t4\nfig\tx\nkiwi\t9"]
)
def test_a_number_among_numbers_is_no_header_though_some_cells_are_empty(text: str) -> None:
    for count in (8, 2):
        assert [row[0] for row in cells(text, count)[:2]] == ["apple", "pear"]


def test_labels_beyond_the_last_row_are_left_out_with_a_notice() -> None:
    assert cells("a\nb\nc\nd\n", 2) == [["a"], ["b"]]
    (notice,) = table("a\nb\nc\nd\n", 2).notices
    assert (notice.code, notice.severity) == ("metadata-row-count", "warning")
    assert "4 rows for 2 vectors" in notice.message
    assert "the last 2 are left out" in notice.message


def test_short_and_long_rows_keep_their_cells_in_their_columns() -> None:
    text = "word\tn\na\t1\textra\nb\nc\t3\n"

    assert cells(text, 3) == [["a", "1"], ["b", None], ["c", "3"]]
    assert codes(text, 3) == ["metadata-cells", "metadata-cells"]
    assert any("line 3" in notice.message for notice in table(text, 3).notices)


def test_a_tab_in_a_single_column_is_part_of_the_label() -> None:
    assert cells("a\nb\tc\nd\n", 3) == [["a"], ["b\tc"], ["d"]]


def test_empty_and_repeated_column_names_become_distinct() -> None:
    made = table("x\tx\t\na\tb\tc\nd\te\tf\n", 2)

    assert made.names == ("x", "x (2)", "column 3")
    assert [notice.code for notice in made.notices] == ["metadata-columns"]


def test_a_trailing_tab_everywhere_adds_no_column() -> None:
    assert table("x\ty\t\na\tb\t\nd\te\t\n", 2).names == ("x", "y")


def test_row_names_as_r_writes_them_do_not_shift_the_columns() -> None:
    assert cells("x\ty\n1\ta\tb\n2\tc\td\n", 2) == [["1", "a", "b"], ["2", "c", "d"]]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("é\nb\n".encode("utf-16"), "UTF-16"),
        ("label\nbb\n".encode("utf-16-le"), "UTF-16"),
        ("label\nbb\n".encode("utf-16-be"), "UTF-16"),
        ("é\nb\n".encode("latin-1"), "Latin-1"),
        (b"\xe9\n\n", "Latin-1"),
        (b"\xe9a\n\0", "UTF-16"),
    ],
)
def test_other_encodings_are_read_and_said(data: bytes, encoding: str) -> None:
    made = table(data, 2)

    assert made.rows[0][0] in ("é", "label", "\u61e9")
    assert encoding in made.notices[0].message


def test_a_byte_order_mark_is_no_part_of_the_first_label() -> None:
    assert cells(b"\xef\xbb\xbfa\nb\n", 2) == [["a"], ["b"]]


def test_characters_that_an_encoding_does_not_allow_are_counted_in_a_warning() -> None:
    made = table("é\nà\nü\n".encode()[:-2] + b"\n", 3)

    assert [row[0] for row in made.rows] == ["é", "à", "\ufffd"]
    assert [(notice.severity, "not UTF-8 (1) are shown as U+FFFD" in notice.message) for notice in made.notices] == [
        ("warning", True)
    ]


def test_a_byte_order_mark_within_the_file_is_part_of_its_label() -> None:
    assert cells("a\n\ufeffb\n", 2) == [["a"], ["\ufeffb"]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_of_other_scripts_in_two_bytes_a_letter_is_no_latin(encoding: str) -> None:
    made = table("日本語\n中文\n한국어\n".encode(encoding), 3)

    assert [row[0] for row in made.rows] == ["日本語", "中文", "한국어"]
    assert "UTF-16" in made.notices[0].message


def test_a_label_that_counts_as_the_others_do_is_no_header_but_a_line_too_many() -> None:
    lines = [f"l{row}" for row in range(30)]
    lines[3:4] = ["a", "b"]
    made = table("\n".join(lines) + "\n", 30)

    assert [notice.code for notice in made.notices] == ["metadata-row-count"]
    assert "line break" in made.notices[0].message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("\t" * 3_000_000 + "\n" + "\t" * 3_000_000 + "\n", "3,000,001 columns; at most 2,000"),
        ("\n" * 3_000_000 + "a", "3,000,000 lines for 2 vectors; at most 1,000,000"),
    ],
)
def test_far_more_columns_or_lines_than_a_table_has_are_refused_before_they_are_split(content: str, says: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(LimitExceeded, match=says):
            table(content, 2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * len(content)


def test_blank_lines_without_end_are_no_more_than_blank_labels() -> None:
    assert cells("a\nb" + "\n" * 5_000_000, 2) == [["a"], ["b"]]
    assert table("\n" * 5_000_000, 2).for_rows(2).columns[0].cells == ("", "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (gzip.compress(b"a\nb\n", mtime=0), "packed by gzip"),
        (b"PK\x03\x04abc\n", "packed by zip"),
        (random.Random(1).randbytes(5_000), "no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "no text"),
    ],
)
def test_bytes_that_are_no_text_give_no_labels(data: bytes, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        table(data, 2)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FormatError, match="empty"):
        table("", 3)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["1", "-2.5", "3e7", None], "number"),
        (["007", "1", "2", "3"], "number"),
        (["1", "", "3", "4"], "number"),
        (["1", "x", "3", "4"], "text"),
        (["1", "nan", "3", "4"], "text"),
        (["²", "1", "2", "3"], "text"),
        (["a", "b", "a", "b"], "category"),
        (["a", "b", "c", "a"], "text"),
        ([None, None, None, None], "text"),
        (["", "", "", ""], "text"),
        (["0", "1"] * 5, "category"),
        (["-1", "1"] * 5, "category"),
        (["56", "57"] * 5, "number"),
        (["0", "1"] * 4 + ["2"], "number"),
        (["0.5", "1"] * 5, "number"),
        ([str(row % 21) for row in range(210)], "number"),
    ],
)
def test_a_column_is_what_its_cells_allow(column: list[str | None], kind: str) -> None:
    assert columns_from_table(["c"], [[cell] for cell in column])[0].kind == kind


def test_a_number_column_keeps_its_spelling_and_has_no_empty_cells() -> None:
    column = columns_from_table(["c"], [["007"], [""], [None]])[0]

    assert column.cells == ("007", None, None)


@settings(max_examples=300, deadline=None)
@given(
    data=st.one_of(st.binary(max_size=60), st.text("ab1\t\n\r\0 é", max_size=40).map(str.encode)),
    count=st.integers(1, 8),
)
def test_any_bytes_give_columns_of_the_right_length_or_an_error_of_our_tree(data: bytes, count: int) -> None:
    try:
        made = table(data, count)
    except EmbreportError:
        return
    assert all(len(column.cells) == count for column in made.for_rows(count).columns)
    assert len({column.name for column in made.for_rows(count).columns}) == len(made.names)


@settings(max_examples=200, deadline=None)
@given(
    labels=st.lists(
        st.text(st.characters(exclude_characters="\n\r\t", exclude_categories=("Cs",)), max_size=8),
        min_size=2,
        max_size=8,
    )
)
def test_as_many_lines_as_rows_are_labels_in_their_order_whatever_they_hold(labels: list[str]) -> None:
    if any("\0" in label for label in labels) or labels[0].startswith("\ufeff"):
        return
    text = "".join(f"{label}\n" for label in labels)

    assert [row[0] or "" for row in cells(text, len(labels))] == labels
