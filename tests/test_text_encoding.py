from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embreport.text_encoding import decode_text

WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
SCRIPTS = [
    "label\nbb\n",
    "漢字w0\n漢字w1\n",
    "日本語\n中文\n한국어\n",
    "ਕਖ\nગજ\n",
    "上一\n上二\n上\n",
    "абв\n\nгде\n",
    "😀\nb\n",
]


@pytest.mark.parametrize("encoding", [*WIDE, "utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", SCRIPTS)
def test_text_of_any_script_is_recognized_with_and_without_a_byte_order_mark(text: str, encoding: str) -> None:
    decoded = decode_text(text.encode(encoding))

    assert (decoded.text, decoded.encoding, decoded.damaged) == (text, encoding[:6].upper().rstrip("-"), 0)


@pytest.mark.parametrize(
    "text", ["a\0b\nc\n", "\0\nother\n", "\0a\nb\0\n\n\0", "a\0\nb\n", "aaa\nb\0b\n" * 9, "wa0x\0\n" * 12]
)
def test_zeros_in_labels_do_not_make_utf_16_of_them(text: str) -> None:
    assert decode_text(text.encode()).text == text


def test_what_is_not_utf_8_is_read_as_the_web_reads_latin_1() -> None:
    assert decode_text(b"caf\xe9 \x80\n").text == "café €\n"
    assert decode_text(b"caf\xe9 \x81\n").text == "café \x81\n"
    assert decode_text(b"caf\xe9\n").encoding == "Latin-1"


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("é\nà\nü\n".encode()[:-2], "é\nà\n\ufffd", "UTF-8"),
        ("é\nb\n".encode("utf-16") + b"\0\xd8", "é\nb\n\ufffd", "UTF-16"),
        ("é\nb\n".encode("utf-16-le") + b"c", None, "UTF-16"),
        ("é\nb\n".encode("utf-32") + b"\0\0\0\x7f", "é\nb\n\ufffd", "UTF-32"),
    ],
)
def test_a_damaged_character_is_counted_and_costs_only_itself(data: bytes, text: str | None, encoding: str) -> None:
    decoded = decode_text(data)

    assert decoded.encoding == encoding
    if text is not None:
        assert (decoded.text, decoded.damaged) == (text, 1)


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30), encoding=st.sampled_from(WIDE[:2]))
def test_lines_of_utf_16_come_back_whatever_they_hold(text: str, encoding: str) -> None:
    lines = f"{text}\nlabel\n{text[::-1]}\nother label\n"
    if "\ufeff" in lines or "\ufffe" in lines:
        return

    assert decode_text(lines.encode(encoding)).text == lines
