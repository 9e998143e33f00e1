"""The pack of the project leader C-NSP. In: a plan. Out: ``c-nsp/pakket-c-nsp.xlsx``."""
