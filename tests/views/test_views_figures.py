"""What the document says of faithfulness, of the embedding as a whole, of spherized and of sampled pictures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from view_factory import projection, result

from embreport.diagnostics import (
    Confusion,
    Diagnostics,
    ExactDuplicates,
    Hubness,
    Isotropy,
    LabelAgreement,
    NearDuplicates,
    Spectrum,
)
from embreport.model import Faithfulness, NeighborTable, Projection
from embreport.views import (
    EmbeddingResult,
    alternative_text,
    caption,
    figure_rows,
    figures_note,
    opening_projection,
    overall_facts,
)
from embreport.views.wording import exact_percent

NB = "\u00a0"


def faithful(name: str, trust: float | None, continuity: float | None, references: int | None = None) -> Projection:
    wide = Faithfulness(k=30, neighbors_kept=0.2, trustworthiness=0.3, continuity=0.3)
    near = Faithfulness(
        k=10, neighbors_kept=0.48, trustworthiness=trust, continuity=continuity, reference_rows=references
    )
    return dataclasses.replace(projection(name), faithfulness=(wide, near))


def described(diagnostics: Diagnostics | None, made: EmbeddingResult | None = None) -> dict[str, str]:
    made = made or result()
    numbers = dataclasses.replace(made.numbers, diagnostics=diagnostics)
    return {fact.key: fact.text for fact in overall_facts(dataclasses.replace(made, numbers=numbers))}


@pytest.mark.parametrize(
    ("share", "text"), [(0.987, "98.7"), (1.0, "100.0"), (0.99999, "99.9"), (0.0, "0.0"), (0.8765, "87.7")]
)
def test_shares_near_one_have_a_decimal_and_never_round_to_all(share: float, text: str) -> None:
    assert exact_percent(share) == f"{text}{NB}%"


def test_the_table_has_trustworthiness_and_continuity_of_ten_neighbors() -> None:
    heads, rows = figure_rows([faithful("tsne3d", 0.987, 0.954), faithful("tsne2d", None, None)])

    assert heads == ("Projection", "Neighbors kept", "Trustworthiness", "Continuity")
    assert rows[0][1:] == (f"48{NB}%", f"98.7{NB}%", f"95.4{NB}%")
    assert rows[1][2:] == ("", "")


def test_columns_nothing_was_measured_for_are_left_out() -> None:
    assert figure_rows([projection()])[0] == ("Projection", "Neighbors kept")
    assert figures_note([projection()], 30) == ""


def test_the_table_says_how_many_neighbors_and_rows_were_measured() -> None:
    assert figures_note([faithful("tsne3d", 0.9, 0.9)], 6000) == "Measured on the 10 nearest neighbors of each point."
    estimated = figures_note([faithful("tsne3d", 0.9, 0.9, references=5000), faithful("tsne2d", 0.9, 0.9)], 6000)
    assert estimated.endswith(" Trustworthiness and continuity are estimated from 5,000 of the 6,000 points.")


def test_the_spherized_pca_is_called_so() -> None:
    spherized = projection("pca-spherized", variance=[0.2, 0.08, 0.03])
    pca = projection("pca", variance=[0.3, 0.1, 0.1])

    assert caption(spherized, result(), 0).startswith(
        f"PCA 3D of the centered, normalized rows: 31{NB}% of the variance. "
    )
    assert [row[0] for row in figure_rows([pca, spherized])[1]] == ["PCA 3D", "PCA 3D, spherized"]
    assert opening_projection([pca, spherized]) is pca


def test_a_picture_of_a_sample_says_how_many_points_it_places() -> None:
    coordinates = np.zeros((30, 3), np.float32)
    coordinates[12:] = np.nan
    sampled = projection(coordinates=coordinates)

    assert f"12 of 30{NB}points placed, 256{NB}dimensions." in caption(sampled, result(), 0)
    assert "12 points" in alternative_text(sampled, result(), (), None)
    assert "placed" not in caption(projection(), result(), 0)


def test_nothing_is_said_of_the_whole_where_nothing_was_measured() -> None:
    assert described(None) == {}
    assert described(Diagnostics(metric="cosine", rows=1)) == {}


def test_the_whole_is_described_in_plain_words() -> None:
    near = NearDuplicates(
        relative_limit=0.01,
        typical_distance=1.0,
        limit=0.01,
        near_duplicate_rows=14,
        near_duplicate_share=0.5,
        near_duplicate_pairs=7,
        near_duplicate_groups=7,
        at_least=True,
        closest=(),
        largest=(),
    )
    said = described(
        Diagnostics(
            metric="cosine",
            rows=30,
            hubness=(
                Hubness(metric="cosine", k=10, skewness=-1.26, hub_rows=81, antihub_rows=1, antihub_share=0.1, hubs=()),
            ),
            exact_duplicates=ExactDuplicates(
                duplicate_rows=1, duplicate_share=0.1, grouped_rows=2, duplicate_groups=1, largest=()
            ),
            near_duplicates=near,
            spectrum=Spectrum(full_rank=64, effective_rank=31.24, participation_ratio=14.0),
            isotropy=Isotropy(mean_cosine=0.674, mean_direction=0.8),
        )
    )

    assert said["Effective rank"] == "31.2 of 64 directions"
    assert said["Isotropy"] == "mean cosine of two rows 0.67 (0: they point every way, 1: all the same way)"
    assert said["Hubness"] == "skewness −1.3; 81 hubs; 1 row is among nobody’s 10 nearest"
    assert said["Duplicates"] == "1 row equal to an earlier one, at least 14 nearly equal to another"


@pytest.mark.parametrize(("skewness", "text"), [(-0.0, "0.0"), (-0.04, "0.0"), (-0.06, "−0.1"), (0.04, "0.0")])
def test_a_zero_has_no_sign(skewness: float, text: str) -> None:
    hubness = Hubness(metric="cosine", k=10, skewness=skewness, hub_rows=0, antihub_rows=0, antihub_share=0.0, hubs=())
    said = described(Diagnostics(metric="cosine", rows=30, hubness=(hubness,)))
    assert said["Hubness"].startswith(f"skewness {text};")


def test_an_estimated_rank_is_said_to_be_one() -> None:
    spectrum = Spectrum(
        full_rank=5119,
        effective_rank=4301.6,
        participation_ratio=2763.0,
        effective_rank_error=5.23,
        participation_ratio_error=12.0,
    )

    said = described(Diagnostics(metric="cosine", rows=6000, spectrum=spectrum))

    assert said == {"Effective rank": "4,301.6 of 5,119 directions (estimated, ± 5.2)"}


def test_hubness_that_is_not_known_is_said_to_be_so() -> None:
    said = described(Diagnostics(metric="cosine", rows=30, hubness=(Hubness(metric="cosine", k=10),)))

    assert said == {"Hubness": "not known: more rows are equally far than the neighbor lists hold"}


def test_no_duplicates_are_said_in_one_word() -> None:
    exact = ExactDuplicates(duplicate_rows=0, duplicate_share=0.0, grouped_rows=0, duplicate_groups=0, largest=())

    assert described(Diagnostics(metric="cosine", rows=30, exact_duplicates=exact)) == {
        "Duplicates": "none, exact or near"
    }


def test_labels_are_compared_with_chance() -> None:
    agreement = LabelAgreement(
        column="class",
        metric="cosine",
        k=10,
        labeled_rows=30,
        unlabeled_rows=0,
        class_count=3,
        agreement=0.974,
        expected_agreement=0.1,
        classes=(),
        confusion=Confusion(values=(), has_other=False, counts=()),
        suspect_from=9,
        suspected_rows=2,
        suspected_share=0.01,
        suspected=(),
    )

    assert described(Diagnostics(metric="cosine", rows=30, labels=(agreement,))) == {
        "Purity by class": f"97{NB}% of the 10 nearest neighbors bear the same label, 10{NB}% by chance; "
        "2 labels to check"
    }


def test_approximate_neighbors_are_said_to_be_so() -> None:
    made = result()
    exact = made.numbers.cosine
    found = NeighborTable(metric="cosine", indices=exact.indices, distances=exact.distances, recall=0.991)
    numbers = dataclasses.replace(made.numbers, cosine=found)

    said = described(None, dataclasses.replace(made, numbers=numbers))

    assert said == {"Neighbors": f"approximate: 99{NB}% (cosine) of the true ones found"}
