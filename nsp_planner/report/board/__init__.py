"""The board report (bestuursrapport): two pages and an annex in Dutch, as HTML and as PDF/UA."""

from nsp_planner.report.board.write import write_board_report

__all__ = ["write_board_report"]
