"""The settings of a study. In: one TOML file. Out: a frozen, checked :class:`Study`.

Every key is documented at its field, here and nowhere else; `nsp-planner settings` prints them. Defaults that are
norms come from ``norms.toml``. Unknown keys are refused with the nearest right name; paths are relative to the file.
"""

from nsp_planner.config.inputs import (
    AreasInput,
    FileInput,
    Inputs,
    PopulationInput,
    Region,
    SiteRole,
    SitesInput,
    TotalsInput,
)
from nsp_planner.config.loading import load_study, study_from_dict
from nsp_planner.config.reference import SettingDoc, settings_reference
from nsp_planner.config.study import Capacity, Decisions, Distances, PlanSettings, Ratios, SolverSettings, Study

__all__ = [
    "AreasInput",
    "Capacity",
    "Decisions",
    "Distances",
    "FileInput",
    "Inputs",
    "PlanSettings",
    "PopulationInput",
    "Ratios",
    "Region",
    "SettingDoc",
    "SiteRole",
    "SitesInput",
    "SolverSettings",
    "Study",
    "TotalsInput",
    "load_study",
    "settings_reference",
    "study_from_dict",
]
