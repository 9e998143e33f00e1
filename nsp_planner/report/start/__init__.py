"""The page that says what to open. In: what was written. Out: ``begin-hier.html``."""
