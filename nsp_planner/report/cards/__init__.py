"""For residents: a card per place (meterkastkaart) and the list of noodsteunpunten per place."""
