"""The noodsteunpunten per place. In: places and where their people go. Out: a workbook and a CSV."""
