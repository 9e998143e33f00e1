"""The objectives, one file each. In: the files of this folder. Out: all of them in the register of ``plan.objective``.

A file holds one class with the decorator ``register``; its name is the objective's. Adding a file is all there is to a
new objective: settings, engines, verifier, reports and documentation find it by the register.
"""

from importlib import import_module
from pkgutil import iter_modules

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")
