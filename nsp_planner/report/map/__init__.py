"""The interactive map. In: a plan and its evaluation. Out: ``kaart.html``, one file that needs no network."""
