"""What people get: the interactive map, the candidate list, the GeoPackage and the manifest, in plain Dutch."""

from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.write import write_report

__all__ = ["OutputFile", "RunInfo", "write_report"]
