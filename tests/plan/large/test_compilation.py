"""What numba keeps on disk from an earlier version never stops a solve."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from types import SimpleNamespace

import numba
import pytest

from nsp_planner.plan.large import compilation


def test_an_index_with_types_that_are_gone_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = tmp_path / "broken.nbi", tmp_path / "sound.nbi"
    broken.write_bytes(pickle.dumps(numba.__version__) + b"cnsp_planner.plan.large.swaps\nGone\n.")
    sound.write_bytes(pickle.dumps(numba.__version__))

    def kernel(path: Path) -> SimpleNamespace:
        def load() -> None:
            with path.open("rb") as file:
                pickle.load(file)
                if rest := file.read():
                    pickle.loads(rest)

        return SimpleNamespace(_cache=SimpleNamespace(_cache_file=SimpleNamespace(_load_index=load, _index_path=path)))

    monkeypatch.setattr(compilation, "all_kernels", lambda: [kernel(broken), kernel(sound), SimpleNamespace()])
    compilation.drop_unreadable()
    assert not broken.exists()
    assert sound.exists()


def test_every_file_with_a_kernel_is_compiled_before_the_clock_starts() -> None:
    folder = Path(compilation.__file__).parent
    mark = re.compile(r"^@(nb\.njit|kernel)\b", re.MULTILINE)
    with_kernels = {path.stem for path in folder.glob("*.py") if mark.search(path.read_text(encoding="utf-8"))}
    assert {module.__name__.rpartition(".")[2] for module in compilation.KERNEL_MODULES} == with_kernels


def test_every_kernel_is_known_and_has_the_index_that_is_looked_at() -> None:
    kernels = compilation.all_kernels()
    assert len(kernels) > 25
    for kernel in kernels:
        stored = kernel._cache._cache_file  # type: ignore[attr-defined]
        assert callable(stored._load_index)
        assert str(stored._index_path).endswith(".nbi")
