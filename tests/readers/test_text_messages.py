from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embreport.errors import EmbreportError, FormatError, LimitExceeded
from embreport.readers.text_messages import LARGEST_TEXT, parse_text_message

GOOD = b"""# a comment
embeddings {
  tensor_name: 'word_embedding:0'
  metadata_path: "meta" 'data.tsv'
  sprite < image_path: "\\163prite.png" single_image_dim: [0x1c, 034] >
};
model_checkpoint_path: "ckpt";
"""


def parsed(text: bytes, name: str = "ProjectorConfig") -> object:
    return parse_text_message(name, text, where="c.pbtxt")[0]


@pytest.mark.parametrize("text", [GOOD, GOOD.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + GOOD])
def test_every_spelling_of_text_format_is_understood(text: bytes) -> None:
    config = parsed(text)

    entry = config.embeddings[0]  # type: ignore[attr-defined]
    assert entry.tensor_name == b"word_embedding:0"
    assert entry.metadata_path == b"metadata.tsv"
    assert entry.sprite.image_path == b"sprite.png"
    assert list(entry.sprite.single_image_dim) == [28, 28]
    assert config.model_checkpoint_path == b"ckpt"  # type: ignore[attr-defined]


def test_a_state_file_keeps_the_order_of_its_checkpoints() -> None:
    text = b'model_checkpoint_path: "c-2"\nall_model_checkpoint_paths: "c-1"\nall_model_checkpoint_paths: "c-2"\n'

    state = parsed(text + b"all_model_checkpoint_timestamps: 1.5e9\n", "CheckpointState")

    assert list(state.all_model_checkpoint_paths) == [b"c-1", b"c-2"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'embeddings {\n  tensor_name: "a"\n  metadata_path: = metadata.tsv\n}', "c.pbtxt:3:18"),
        (b"embeddings {\n  tensor_shape: -1\n}", "c.pbtxt:2:17"),
        (b"embeddings {\n  tensor_shape: many\n}", "c.pbtxt:2:17"),
        (b"embeddings {\n\n", "c.pbtxt:1:12"),
        (b"a\nb\xff", "c.pbtxt:2:2"),
    ],
)
def test_an_error_says_line_and_column(text: bytes, place: str) -> None:
    with pytest.raises(FormatError) as caught:
        parsed(text)

    assert caught.value.where == place
    line, column = place.split(":")[1:]
    assert f"ine {line}, column {column}" in caught.value.message


def test_an_unknown_field_is_left_out_and_said() -> None:
    config, notices = parse_text_message(
        "ProjectorConfig", b'embeddings { tensor_name: "a"\nfrobnicate { x: [1, 2] } }', where="c.pbtxt"
    )

    assert config.embeddings[0].tensor_name == b"a"
    assert [(notice.code, notice.where) for notice in notices] == [("config-unknown-field", "c.pbtxt:2:1")]
    assert "frobnicate" in notices[0].message


@pytest.mark.parametrize("opening", [b"embeddings {", b"x <", b"a { b < "])
def test_megabytes_of_nesting_give_a_sentence_at_once(opening: bytes) -> None:
    text = opening * (LARGEST_TEXT // len(opening))
    started = time.monotonic()

    with pytest.raises(LimitExceeded, match="nested more than 16 deep"):
        parsed(text)

    assert time.monotonic() - started < 1


@pytest.mark.parametrize("text", [b"zz: " + b"[" * 100_000, b"zz: [{a:" * 50_000, b'"' * 100_000, b"a " * 100_000])
def test_other_deep_or_endless_text_is_refused_too(text: bytes) -> None:
    with pytest.raises((FormatError, LimitExceeded)):
        parsed(text)


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_any_changed_byte_gives_a_message_or_an_error_of_our_tree(place: int, byte: int, cut: bool) -> None:
    text = GOOD[:place] if cut else GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    with contextlib.suppress(EmbreportError):
        parsed(text)


@settings(max_examples=300, deadline=None)
@given(
    text=st.one_of(
        st.binary(max_size=80),
        st.text(alphabet="embedings{}<>[]:;,\"'\\\n#.-0x19aE ", max_size=60).map(
            lambda text: ("embeddings " + text).encode()
        ),
    ),
    name=st.sampled_from(["ProjectorConfig", "CheckpointState"]),
)
def test_any_text_gives_a_message_or_an_error_of_our_tree(text: bytes, name: str) -> None:
    with contextlib.suppress(EmbreportError):
        parsed(text, name)


@pytest.mark.parametrize("order", [("ours", "theirs"), ("theirs", "ours")])
def test_messages_of_the_same_names_may_be_registered_before_or_after(order: tuple[str, str]) -> None:
    theirs = """
from google.protobuf import descriptor_pb2, descriptor_pool
for package, name in (("tensorflow", "BundleEntryProto"), ("tensorboard.projector", "ProjectorConfig"),
                      ("embreport", "BundleEntry")):
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=package, syntax="proto3")
    file.message_type.add(name=name).field.add(name="dtype", number=1, label=1, type=9)
    descriptor_pool.Default().Add(file)
"""
    ours = """
from embreport.readers.messages import parse_message
assert parse_message("BundleEntry", b"\\x08\\x01", where="x").dtype == 1
"""
    parts = {"ours": ours, "theirs": theirs}

    subprocess.run([sys.executable, "-c", "".join(parts[part] for part in order)], check=True)


@pytest.mark.parametrize(
    ("end", "column"), [('tensor_name: 5 tensor_path: "b" }', 14), ('tensor_name: "b" "c', 18), (" }", 2)]
)
def test_the_place_of_an_error_in_a_very_long_line_is_that_in_the_file(end: str, column: int) -> None:
    start = "# a comment of several words\n" + "embeddings { tensor_name: 'two  words' } " * 200
    start += "embeddings { " if column != 2 else ""

    with pytest.raises(FormatError) as caught:
        parse_text_message("ProjectorConfig", (start + end).encode(), where="c")

    expected = len(start) - start.index("\n") - 1 + column
    assert caught.value.where == f"c:2:{expected}"


def test_strings_and_comments_of_a_very_long_line_are_kept_as_they_are() -> None:
    text = "x: 1 " * 300 + "embeddings { tensor_name: 'two  words \\' and' } # a { comment"

    message, notices = parse_text_message("ProjectorConfig", text.encode(), where="c")

    assert [entry.tensor_name for entry in message.embeddings] == [b"two  words ' and"]
    assert [notice.code for notice in notices] == ["config-unknown-field"]


def test_a_line_that_would_be_copied_for_each_of_very_many_tokens_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="without a space"):
        parse_text_message("ProjectorConfig", b"x:1," * 20_000, where="c")
