"""A table of plans says which of them stopped before the gap asked for."""

from __future__ import annotations

from nsp_planner.questions.asking.tables import unfinished_sentence_nl


def test_plans_that_stopped_early_are_counted_with_the_worst_gap() -> None:
    told = unfinished_sentence_nl([0.004, 0.0312, 0.02], 0.005)
    assert "2 van de 3 plannen, ten hoogste 3,2 % van het best mogelijke plan af (gevraagd: 0,5 %)" in told


def test_plans_within_the_gap_asked_for_need_no_word() -> None:
    assert unfinished_sentence_nl([0.005, 0.0], 0.005) == ""
    assert unfinished_sentence_nl([1e-9], 0.0) == ""


def test_one_plan_without_a_bound_is_said() -> None:
    assert "Niet af: het plan, niet bewezen hoever" in unfinished_sentence_nl([float("inf")], 0.005)
