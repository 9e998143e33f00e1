"""The settings of a study. In: one TOML file. Out: a frozen, checked :class:`Study`.

Every key is documented at its field, here and nowhere else; `nsp-planner settings` prints them. Defaults that are
norms come from ``norms.toml``. Unknown keys are refused with the nearest right name; paths are relative to the file.
"""

from nsp_planner.config.circumstances import Flood, PlanAtHand, PowerOutage, StaffShortage
from nsp_planner.config.distances import Distances, Links
from nsp_planner.config.eligibility import Eligibility, Provision, RoomRule, UnfitRule
from nsp_planner.config.fetch import FetchSettings, SourceOverride
from nsp_planner.config.input_sites import SiteRole, SitesInput
from nsp_planner.config.input_tables import (
    AddressesInput,
    AreasInput,
    BuurtenInput,
    FileInput,
    PeopleInput,
    PopulationInput,
    TotalsInput,
)
from nsp_planner.config.inputs import Inputs, NeighboursInput, NetworkInput, Region
from nsp_planner.config.loading import load_study, study_from_dict
from nsp_planner.config.norms import NormSettings
from nsp_planner.config.overlay import AppliedScenario, Change, Overlay
from nsp_planner.config.phasing import Phasing
from nsp_planner.config.planning import Capacity, Decisions, PlanSettings, Ratios, SolverSettings, StationDecisions
from nsp_planner.config.previous import Previous
from nsp_planner.config.reference import SettingDoc, settings_reference
from nsp_planner.config.scenario import apply_overlays
from nsp_planner.config.scenario_files import find_overlay, load_scenario_study, read_overlay
from nsp_planner.config.statuses import STATUS_RULES, STATUSES, Status, StatusRule
from nsp_planner.config.study import Study

__all__ = [
    "STATUSES",
    "STATUS_RULES",
    "AddressesInput",
    "AppliedScenario",
    "AreasInput",
    "BuurtenInput",
    "Capacity",
    "Change",
    "Decisions",
    "Distances",
    "Eligibility",
    "FetchSettings",
    "FileInput",
    "Flood",
    "Inputs",
    "Links",
    "NeighboursInput",
    "NetworkInput",
    "NormSettings",
    "Overlay",
    "PeopleInput",
    "Phasing",
    "PlanAtHand",
    "PlanSettings",
    "PopulationInput",
    "PowerOutage",
    "Previous",
    "Provision",
    "Ratios",
    "Region",
    "RoomRule",
    "SettingDoc",
    "SiteRole",
    "SitesInput",
    "SolverSettings",
    "SourceOverride",
    "StaffShortage",
    "StationDecisions",
    "Status",
    "StatusRule",
    "Study",
    "TotalsInput",
    "UnfitRule",
    "apply_overlays",
    "find_overlay",
    "load_scenario_study",
    "load_study",
    "read_overlay",
    "settings_reference",
    "study_from_dict",
]
