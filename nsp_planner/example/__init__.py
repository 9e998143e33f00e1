"""The embedded example region, "Voorbeeldregio". In: a seed. Out: raw files as CBS and gemeenten deliver them.

Made-up people and buildings on the true places of IJsselland; every output says that it is an illustration. Also
draws made-up candidates for a region that has only a grid and buurten (:func:`draw_candidates`).
"""

from nsp_planner.example.build import Example, build_example
from nsp_planner.example.drawn_candidates import draw_candidates
from nsp_planner.example.write import write_example

__all__ = ["Example", "build_example", "draw_candidates", "write_example"]
