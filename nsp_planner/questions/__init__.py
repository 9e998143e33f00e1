"""The questions the board paper leaves open. In: a study. Out: per question one answer and a fresh folder with it."""
