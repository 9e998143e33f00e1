"""The read-me sheet of the workbook. In: an evaluation and the run. Out: headings with lines."""

from __future__ import annotations

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.text.capacity import full_nl
from nsp_planner.report.text.changes import changes_nl
from nsp_planner.report.text.choices import status_rules_nl
from nsp_planner.report.text.circumstances import circumstances_nl
from nsp_planner.report.text.coordination import NEARER_SHEET, NEARER_TITLE, coordination_nl
from nsp_planner.report.text.dutch import attribution_nl, date_nl
from nsp_planner.report.text.key_figures import key_figures

Line = tuple[str, str]
"""Key and text."""
UNFIT_TEXT = "Gebouwen van de lijsten die volgens een regel geen L-NSP kunnen zijn, elk met de reden."
CHANGES_TEXT = "Welke noodsteunpunten erbij komen of vervallen, waarom, en wat behouden zou kosten; en wie verhuist."


def guide_sections(evaluation: Evaluation, run_info: RunInfo) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """What a reader must know before using the list: headings, each with its lines."""
    figures = (
        *((figure.label, figure.text) for figure in key_figures(evaluation)),
        *(("Van L-NSP naar C-NSP", text) for text in coordination_nl(evaluation)),
    )
    if evaluation.changes is not None:
        figures += (("Veranderd", " ".join(changes_nl(evaluation.changes))),)
    about = (
        ("Regio", evaluation.premises.region_name),
        ("Gemaakt op", f"{date_nl(run_info.created)}, met nsp_planner {run_info.version}"),
        ("Afstand", f"Gemeten als {evaluation.metric_nl}."),
        ("Bronnen", " ".join(attribution_nl(evaluation))),
        ("Over dit bestand", "Concept: een rekenvoorstel. Of een gebouw kan en mag, weten gemeente en eigenaar."),
    )
    sheets = (
        ("Regio", "Alle gekozen gebouwen, eerst de L-NSP's en dan de C-NSP's."),
        ("C-NSP", "Welk C-NSP welke L-NSP's ondersteunt, met afstand en minuten rijden."),
        (NEARER_SHEET, f"{NEARER_TITLE}."),
        (
            "Gebruik en bemensing",
            "Per noodsteunpunt: bezoekers per dag en tegelijk, mensen per dienst en drinkwater, naar de normen.",
        ),
        *(
            [("Planning", "Wat er per jaar opengaat, met kosten als bandbreedte; en per gebouw in welk jaar.")]
            if evaluation.phases is not None
            else []
        ),
        *([("Wijzigingen", CHANGES_TEXT)] if evaluation.changes is not None else []),
        ("Indicatoren", "Inwoners, afstanden en belasting voor de regio en per gemeente, naar woonplaats geteld."),
        ("Normen", "Elke norm met waarde, herkomst en zekerheid; ook of deze studie de waarde heeft vervangen."),
        ("Calibratie", "Wat het CBS per vierkant publiceert, wat is bijgeteld en het totaal per gemeente."),
        ("Samengevoegd", "Rijen uit verschillende bronnen die hetzelfde gebouw zijn."),
        *([("Ongeschikt", UNFIT_TEXT)] if evaluation.unfit else []),
        ("Weggelaten", "Rijen die niet meedoen, elk met de reden. Er verdwijnt niets ongezien."),
        *([("Opmerkingen", "Wat bij het lezen van de bronnen opviel.")] if len(evaluation.layers.notes) else []),
        ("Een blad per gemeente", "Alle gebouwen van die gemeente, ook de niet gekozen kandidaten."),
    )
    columns = (
        ("Rol", "L-NSP: lokaal noodsteunpunt. C-NSP: coördinerend noodsteunpunt. Niet gekozen: kandidaat."),
        ("Status", "Kies uit de lijst: idee, in gesprek, akkoord eigenaar, pilot, operationeel, afgevallen."),
        ("Wat een status doet", status_rules_nl(evaluation.premises)),
        ("Waarom", "Waarom een gebouw is gekozen, of niet hoewel het vastligt of voorrang heeft."),
        (
            "Te controleren",
            "Wat eerst moet worden nagegaan, zoals een huurcontract of een gebruiksdoel.",
        ),
        ("Vastgelegd", "Een besluit over dit ene gebouw: ja of afgewezen. Het gaat voor de status."),
        ("Inwoners", "Inwoners die het plan aan dit L-NSP toewijst."),
        (
            "Capaciteit (inwoners) en (mensen tegelijk)",
            "Wat van het gebouw bekend is; leeg is niet bekend. Vul in wat u weet: hoeveel mensen er tegelijk in "
            "kunnen is genoeg. Zijn beide bekend, dan telt de kleinste.",
        ),
        (
            "Telt voor (inwoners) en (mensen tegelijk)",
            "Waar het plan mee rekent. Capaciteit is: aangenomen (niet bekend, dan geldt de verhouding), ruim genoeg "
            "(het gebouw kan meer aan, maar een L-NSP is er voor zo veel inwoners), of opgegeven (er kunnen er minder "
            "in). Van inwoners naar mensen tegelijk gaat met de normen voor gebruik, op het blad Normen.",
        ),
        ("Belasting", f"Inwoners gedeeld door waarvoor het gebouw telt; {full_nl(evaluation.premises)}."),
        (
            "Inwoners voor wie dit het dichtst bij is",
            "Hoeveel mensen hier uit zichzelf heen zouden lopen.",
        ),
        ("Noodstroom en verder", "ja, nee of onbekend. Onbekend is een vraag aan de gemeente, geen nee."),
        (
            "Aanpassen en teruggeven",
            "U mag wijzigen: Naam, Soort, Adres, Plaats, Status, Reden, Vastgelegd, Capaciteit (beide), Vloeroppervlak "
            "en de voorzieningen. Een nieuw gebouw zet u onderaan: zonder Id, met Naam, Adres en Plaats (of X en Y). "
            "Bij afgevallen hoort een reden. Andere kolommen rekent het programma uit.",
        ),
        ("Het CSV-bestand", "Begint een tekst met = + - of @, dan staat er in het CSV-bestand een ' voor."),
    )
    scenarios: tuple[Line, ...] = tuple(
        line
        for scenario in run_info.scenarios
        for line in (
            (scenario.title, scenario.sentence),
            *(("Gewijzigde instelling", change) for change in scenario.changes),
        )
    )
    statements: tuple[Line, ...] = tuple((each.head, each.text) for each in circumstances_nl(evaluation))
    supposed: tuple[tuple[str, tuple[Line, ...]], ...] = (("Scenario", scenarios),) if scenarios else ()
    supposed += (("Omstandigheden", statements),) if statements else ()
    return (("Over dit plan", about), *supposed, ("Kerncijfers", figures), ("Bladen", sheets), ("Kolommen", columns))
