"""Log directories that are broken on purpose, cut from good ones here: broken_*, hostile_labels, outside_paths.

Python 3.11 and numpy; needs tf2_words, tf1_sharded, tsv_sprite and raw_bytes: `python make_broken.py`. Nothing here
was written by a framework as it stands; each `expected.json` says what was done to it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from checkpoint_bytes import bundle_entry, field, masked_crc32c, read_table, write_table
from expectation import HERE, WORDS, embedding, fresh_logdir, seeded, table, write_expected

MADE_BY = "a good fixture, spoilt by make_broken.py"
KEY = "embedding/.ATTRIBUTES/VARIABLE_VALUE"
INDEX = "embedding.ckpt-1.index"
DATA = "embedding.ckpt-1.data-00000-of-00001"


def good(name: str) -> list[dict[str, object]]:
    """The embeddings of another fixture, as expected of it."""
    return json.loads((HERE / name / "expected.json").read_text())["embeddings"]


@contextmanager
def spoilt(name: str, source: str, about: str, **expected: object) -> Iterator[Path]:
    """A copy of `source` to spoil; `expected` overrides what is expected of it."""
    logdir = fresh_logdir(name)
    shutil.copytree(HERE / source / "logdir", logdir, dirs_exist_ok=True)
    yield logdir
    more = {"wanted": "error", "embeddings": []} | expected
    write_expected(name, MADE_BY, about, more.pop("embeddings"), **more)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def cut(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])


def forged_entry(**lies: object) -> bytes:
    values = seeded(1, 40, 6).tobytes()
    return bundle_entry(**({"shape": [40, 6], "data": values, "offset": 0} | lies))


def checkpoints_damaged() -> None:
    with spoilt("broken_index_truncated", "tf2_words", "The index is cut to half.", say=[INDEX]) as logdir:
        cut(logdir / INDEX, 132)
    about = "One bit of the index's first block."
    with spoilt("broken_index_flip", "tf2_words", about, say=[INDEX, "checksum"]) as logdir:
        flip(logdir / INDEX, 40)
    about = "One bit of the embedding's values."
    with spoilt("broken_data_flip", "tf2_words", about, say=[DATA, "checksum"]) as logdir:
        flip(logdir / DATA, 500)
    with spoilt("broken_data_truncated", "tf2_words", "The data file ends within the values.", say=[DATA]) as logdir:
        cut(logdir / DATA, 700)
    with spoilt("broken_data_missing", "tf2_words", "The data file is gone.", say=[DATA]) as logdir:
        (logdir / DATA).unlink()
    with spoilt("broken_index_noise", "tf2_words", "An index of random bytes.", say=[INDEX]) as logdir:
        (logdir / INDEX).write_bytes(np.random.default_rng(5).bytes(300))


def shards_and_states() -> None:
    """One part is gone; what is left is built."""
    kept = [entry for entry in good("tf1_sharded") if entry["tensor"] != "second"]
    shard = "model.ckpt-300.data-00001-of-00003"
    partly = {"wanted": "warn", "embeddings": kept, "say": ["second", shard]}
    with spoilt("broken_shard_missing", "tf1_sharded", "Shard 1 of 3 is gone.", **partly) as logdir:
        (logdir / shard).unlink()
    whole = {"wanted": "warn", "embeddings": good("tf2_words")}
    about = "A `checkpoint` of random bytes; one prefix is there."
    with spoilt("broken_state_noise", "tf2_words", about, say=["checkpoint"], **whole) as logdir:
        (logdir / "checkpoint").write_bytes(np.random.default_rng(6).bytes(80))
    about = "`checkpoint` names a prefix that is gone; one prefix is there."
    with spoilt("broken_state_gone", "tf2_words", about, say=["embedding.ckpt-7"], **whole) as logdir:
        (logdir / "checkpoint").write_text('model_checkpoint_path: "embedding.ckpt-7"\n')


def checkpoints_forged() -> None:
    """Right checksums around a lie."""
    forgeries = {
        "broken_shape_huge": (forged_entry(shape=[2**40, 2**20]), "A shape of 2^60 values.", ["1,099,511,627,776"]),
        "broken_shape_negative": (forged_entry(shape=[-40, 6]), "A negative dimension.", ["-40"]),
        "broken_shape_mismatch": (forged_entry(shape=[41, 6]), "A shape that the size does not fit.", ["41"]),
        "broken_dtype_unknown": (forged_entry(dtype=99), "A dtype number that is none.", ["99"]),
        "broken_offset_outside": (forged_entry(offset=10**9), "An offset past the end of the data.", [DATA]),
        "broken_size_outside": (
            forged_entry(shape=[4000, 6], size=96000, crc=0),
            "A size past the end of the data, with a shape to match.",
            [DATA],
        ),
    }
    for name, (entry, about, say) in forgeries.items():
        with spoilt(name, "tf2_words", about, say=[KEY, *say]) as logdir:
            replace_entry(logdir, KEY, lambda _, entry=entry: entry)
    header = field(1, 1) + field(2, 1) + field(3, field(1, 1))
    with spoilt("broken_big_endian", "tf2_words", "The header says big-endian.", say=["big-endian"]) as logdir:
        replace_entry(logdir, "", lambda _: header)


def replace_entry(logdir: Path, key: str, change: Callable[[bytes], bytes]) -> None:
    entries = read_table((logdir / INDEX).read_bytes())
    entries[key.encode()] = change(entries[key.encode()])
    (logdir / INDEX).write_bytes(write_table(entries))


def checkpoint_not_finite() -> None:
    values = seeded(1, 40, 6)
    values[0, 3], values[7], values[39, 0] = np.inf, np.nan, -np.inf
    found = good("tf2_words")[0] | embedding(values, KEY, "checkpoint", "embedding.ckpt-1")
    found |= {key: good("tf2_words")[0][key] for key in ("step", "steps", "metadata")}
    about = "Rows 0, 7 (all of it) and 39 hold NaN or Inf; checksums are right."
    with spoilt("broken_nan_inf", "tf2_words", about, wanted="warn", embeddings=[found], say=["3 rows"]) as logdir:
        data = (logdir / DATA).read_bytes()
        (logdir / DATA).write_bytes(data.replace(seeded(1, 40, 6).tobytes(), values.tobytes()))
        crc = masked_crc32c(values.tobytes()).to_bytes(4, "little")
        replace_entry(logdir, KEY, lambda entry: entry[:-4] + crc)


def tensor_files() -> None:
    about = "Line 5 has two cells instead of three."
    with spoilt("broken_tsv_ragged", "tsv_sprite", about, say=["vectors.tsv", "line 5"]) as logdir:
        edit_line(logdir / "vectors.tsv", 5, lambda cells: cells[:2])
    about = "Line 9, column 2 is a word."
    with spoilt("broken_tsv_text", "tsv_sprite", about, say=["vectors.tsv", "line 9", "oops"]) as logdir:
        edit_line(logdir / "vectors.tsv", 9, lambda cells: [cells[0], "oops", cells[2]])
    with spoilt("broken_tsv_missing", "tsv_sprite", "The tensor file is gone.", say=["vectors.tsv"]) as logdir:
        (logdir / "vectors.tsv").unlink()
    about = "17 x 5 values announced, the file holds 16 x 5; the other two tensors are right."
    partly = {"wanted": "warn", "embeddings": good("raw_bytes")[1:], "say": ["vectors.bytes", "320", "340"]}
    with spoilt("broken_bytes_shape", "raw_bytes", about, **partly) as logdir:
        config = logdir / "projector_config.pbtxt"
        config.write_text(config.read_text().replace("16", "17", 1))


def edit_line(path: Path, number: int, change: Callable[[list[str]], list[str]]) -> None:
    lines = path.read_text().split("\n")
    lines[number - 1] = "\t".join(change(lines[number - 1].split("\t")))
    path.write_text("\n".join(lines))


def sprites_and_metadata() -> None:
    bare = {"wanted": "warn", "embeddings": [good("tsv_sprite")[0] | {"sprite": None}], "say": ["sprite.png"]}
    with spoilt("broken_sprite_missing", "tsv_sprite", "The sprite is gone.", **bare) as logdir:
        (logdir / "sprite.png").unlink()
    with spoilt("broken_sprite_truncated", "tsv_sprite", "The sprite is cut.", **bare) as logdir:
        cut(logdir / "sprite.png", 120)
    with spoilt("broken_sprite_html", "tsv_sprite", "The sprite is a web page.", **bare) as logdir:
        (logdir / "sprite.png").write_bytes(b"<!doctype html><script>alert(1)</script>")
    [words] = good("tf2_words")
    for name, labels, about in [
        ("broken_metadata_few", WORDS[:37], "37 labels for 40 rows, no header: the last 3 rows have none."),
        ("broken_metadata_many", [*WORDS, "extra", "more"], "42 labels for 40 rows, no header."),
    ]:
        cells = [[word] for word in labels[:40]] + [[None]] * (40 - len(labels))
        metadata = table("metadata.tsv", ["label"], cells) | {"rows": len(labels), "last": [labels[-1]]}
        expected = {"wanted": "warn", "embeddings": [words | {"metadata": metadata}]}
        with spoilt(name, "tf2_words", about, say=[str(len(labels)), "40", "metadata.tsv"], **expected) as logdir:
            (logdir / "metadata.tsv").write_text("".join(label + "\n" for label in labels))
    expected = {"wanted": "warn", "embeddings": [words | {"metadata": None}], "say": ["metadata.tsv"]}
    with spoilt("broken_metadata_missing", "tf2_words", "No metadata file.", **expected) as logdir:
        (logdir / "metadata.tsv").unlink()


def configs() -> None:
    [words] = good("tf2_words")
    config = f'embeddings {{\n  tensor_name: "{KEY}"\n  metadata_path: "metadata.tsv"\n}}\n'
    unlisted = words | {"listed": False, "metadata": None}
    broken = {
        "broken_config_syntax": (
            config.replace('path: "metadata.tsv"', "path = metadata.tsv"),
            "Line 3 has an equals sign and no quotes, so that nothing is listed.",
            {"wanted": "error", "embeddings": [], "say": ["projector_config.pbtxt", "line 3"]},
        ),
        "broken_config_unknown_field": (
            config.replace("  metadata_path", "  frobnicate { depth: 3 name: 'x' }\n  metadata_path"),
            "A field that no version knows; TensorBoard refuses the whole page.",
            {"wanted": "warn", "embeddings": [words], "say": ["frobnicate"]},
        ),
        "broken_config_wrong_type": (
            config.replace('"metadata.tsv"\n', '"metadata.tsv"\n  tensor_shape: "forty"\n'),
            "A word where a number belongs, in line 4.",
            {"wanted": "error", "embeddings": [], "say": ["projector_config.pbtxt", "line 4"]},
        ),
        "broken_tensor_name": (
            config.replace(KEY, "embeding"),
            "The config's only name is misspelt; the message names the one that is there.",
            {"wanted": "error", "embeddings": [unlisted], "say": ["embeding", KEY]},
        ),
    }
    for name, (text, about, expected) in broken.items():
        with spoilt(name, "tf2_words", about, **expected) as logdir:
            (logdir / "projector_config.pbtxt").write_text(text)


HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "<b>bold</b><br>plotly <a href='javascript:window.hacked=1'>link</a>",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "esc \x1b[31mred\x1b[0m bell \x07 null \x00 back \x08",
    "<!-- --> ]]> '; DROP TABLE words; --",
    '=HYPERLINK("http://localhost/")',
    "\u2028line\u2029paragraph\x0bvt\x0cff\x85nel",
    "a" * 3000,
    "\U0001f469\u200d\U0001f680 e\u0301 \u00e9 \ufeff",
    "__proto__",
    "constructor",
    "007",
    " leading and trailing ",
]


def hostile_labels() -> None:
    """Labels, a category column, column names, a tensor name and a folder name that are code somewhere."""
    name = "hostile_labels"
    logdir = fresh_logdir(name)
    run = "run & {{ 7*7 }}"
    tensor = "<script>window.hacked=1</script>"
    columns = ["<i>label</i>", "__proto__", "</style><script>window.hacked=1</script>"]
    cells = [[label, "<u>even</u>" if row % 2 == 0 else "</script>", str(row)] for row, label in enumerate(HOSTILE)]
    values = seeded(900, len(HOSTILE), 4)
    folder = logdir / run
    folder.mkdir()
    np.savetxt(folder / "vectors.tsv", values, fmt="%.9g", delimiter="\t")
    rows = ["\t".join(row) + "\n" for row in [columns, *cells]]
    (folder / "metadata.tsv").write_bytes("".join(rows).encode())
    (folder / "projector_config.pbtxt").write_text(
        f'embeddings {{\n  tensor_name: "{tensor}"\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n}}\n'
    )
    found = embedding(
        values, tensor, "tsv", f"{run}/vectors.tsv", run=run, metadata=table(f"{run}/metadata.tsv", columns, cells)
    )
    about = "Everything is text: nothing is executed, interpreted or lost (`window.hacked` stays undefined)."
    write_expected(name, "by hand", about, [found])


def outside_paths() -> None:
    """Metadata, tensor, sprite and state file that point out of the log directory, to a file that does exist."""
    name = "outside_paths"
    logdir = fresh_logdir(name)
    shutil.copytree(HERE / "tf2_words" / "logdir", logdir / "run")
    (HERE / name / "outside").mkdir()
    (HERE / name / "outside" / "secret.tsv").write_bytes(b"".join(b"secret\n" for _ in WORDS))
    np.savetxt(HERE / name / "outside" / "vectors.tsv", seeded(910, 5, 3), fmt="%.9g", delimiter="\t")
    (logdir / "run" / "projector_config.pbtxt").write_text(
        f'embeddings {{\n  tensor_name: "{KEY}"\n  metadata_path: "../../outside/secret.tsv"\n'
        '  sprite { image_path: "../../outside/secret.tsv" single_image_dim: 8 single_image_dim: 8 }\n}\n'
        'embeddings {\n  tensor_name: "far"\n  tensor_path: "../../outside/vectors.tsv"\n}\n'
    )
    [words] = good("tf2_words")
    found = words | {"run": "run", "path": "run/embedding.ckpt-1", "metadata": None}
    about = "Metadata, sprite and a tensor lie outside of the log directory: refused by name; the checkpoint is built."
    write_expected(name, MADE_BY, about, [found], wanted="warn", say=["outside/secret.tsv", "outside/vectors.tsv"])


if __name__ == "__main__":
    checkpoints_damaged()
    shards_and_states()
    checkpoints_forged()
    checkpoint_not_finite()
    tensor_files()
    sprites_and_metadata()
    configs()
    hostile_labels()
    outside_paths()
