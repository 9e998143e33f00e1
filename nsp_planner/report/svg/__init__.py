"""Charts and pictures drawn as SVG text. In: series of points, tables of a plan. Out: SVG that opens anywhere."""
