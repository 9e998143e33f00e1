"""Answers to planning questions. In: tables, figures and sentences. Out: a page, a workbook, CSV files and drawings."""
