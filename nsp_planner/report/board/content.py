"""What a board reads. In: an evaluation and earlier runs. Out: the text of the report, as plain data.

In the form boards know from the dekkingsplan: what is asked, where we stand today (nulmeting), what the plan gives, who
is left out and how sure it is. HTML and PDF are made of the same data, so they say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nsp_planner.evaluate.change.baseline import Baseline
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.shortfall import Shortfall
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.names import agreeing_nl, cnsps_nl, inhabitants_nl, lnsps_nl
from nsp_planner.report.board.annex import annex_tables
from nsp_planner.report.board.planning import planning
from nsp_planner.report.paper.document import Table, document_head, table
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.svg.picture import circumstance_legend_nl
from nsp_planner.report.text.capacity import assumed_nl, both_nl, busiest_nl
from nsp_planner.report.text.changes import CHANGE_COLUMNS, ROLE_NL, change_rows, changes_nl
from nsp_planner.report.text.choices import status_nl
from nsp_planner.report.text.circumstances import circumstances_nl, unknown_nl
from nsp_planner.report.text.coordination import coordination_nl, km_nl
from nsp_planner.report.text.dutch import (
    date_nl,
    measured_nl,
    metres_nl,
    norm_rows,
    number_nl,
    percent_nl,
    short_proof_nl,
    text_or_dash,
)
from nsp_planner.report.text.objective import proof_sentences_nl
from nsp_planner.report.text.presence import vulnerable_nl
from nsp_planner.report.text.staffing import staffing_nl
from nsp_planner.report.text.to_check import chosen_to_check_nl
from nsp_planner.report.text.walking_time import how_far_nl

N_WORST_PLACES = 5
MAX_NAMES = 6
MAX_TITLE = 60
UNKNOWN = "onbekend"
FIGURE_COLUMNS = ("", "Nulmeting: vandaag", "Met dit plan")


def board_content(
    evaluation: Evaluation,
    run_info: RunInfo,
    *,
    decisions_asked: Sequence[str] = (),
    alternatives: Sequence[FinishedRun] = (),
) -> dict[str, Any]:
    """Everything the report says; sections without content are ``None``."""
    baseline = evaluation.baseline
    return {
        **document_head(evaluation, run_info),
        "title": f"Noodsteunpunten {evaluation.premises.region_name}",
        "subtitle": "Bestuursrapport: voorstel voor lokale en coördinerende noodsteunpunten",
        "decisions": list(decisions_asked) or _decisions(evaluation),
        "summary": _summary(evaluation, baseline),
        "figures": _figures(evaluation, baseline),
        "baseline": _baseline_text(baseline),
        "picture": "kaart.svg",
        "picture_extra": circumstance_legend_nl(evaluation),
        "picture_alt": _picture_alt(evaluation),
        "left_out": {"text": _left_out_text(evaluation), "table": _worst_places(evaluation.shortfall)},
        "coordination": coordination_nl(evaluation),
        "staffing": staffing_nl(evaluation.staffing[None]),
        "circumstances": [vars(statement) for statement in circumstances_nl(evaluation)],
        "planning": planning(evaluation),
        "certainty": _certainty(evaluation),
        "alternatives": _alternatives(evaluation, run_info, alternatives),
        "change": _change(evaluation),
        "change_tables": _change_tables(evaluation),
        "annex": annex_tables(evaluation),
    }


def _decisions(evaluation: Evaluation) -> list[str]:
    premises, n_lnsp, n_cnsp = evaluation.premises, len(evaluation.lnsps), len(evaluation.cnsps)
    points = (
        f"{number_nl(n_lnsp)} lokale noodsteunpunten (L-NSP's) en {number_nl(n_cnsp)} coördinerende noodsteunpunten "
        "(C-NSP's)"
    )
    if evaluation.consequences is not None:
        return [
            f"Kennis te nemen van deze doorrekening: onder deze omstandigheden zijn {points} open. Het is geen "
            "voorstel voor een andere kandidatenlijst.",
            "Te bespreken welke gebouwen een vervanger, noodstroom of een andere route nodig hebben.",
        ]
    return [
        f"Kennis te nemen van dit rekenvoorstel: {points}.",
        "De kandidatenlijst als concept vrij te geven, zodat gemeenten met eigenaren in gesprek gaan. Een gebouw staat "
        "pas vast als de eigenaar akkoord is.",
        f"De loopafstand van {metres_nl(premises.service_distance_kern_m)} in de kern en "
        f"{metres_nl(premises.service_distance_buitengebied_m)} in het buitengebied voorlopig als maat te gebruiken, "
        "tot er een landelijke norm is.",
    ]


def _summary(evaluation: Evaluation, baseline: Baseline) -> str:
    value, premises = evaluation.value, evaluation.premises
    unknown = "".join(f"{text} " for text in unknown_nl(evaluation))
    today = (
        f"Met de punten van vandaag is dat {percent_nl(baseline.share_within_norm)}."
        if baseline.known
        else "Wat de punten van vandaag geven, is onbekend."
    )
    return (
        f"{unknown}Van de {number_nl(value('persons'))} inwoners woont met dit plan "
        f"{percent_nl(value('share_within_norm'))} binnen de loopafstand die we als maat nemen "
        f"({metres_nl(premises.service_distance_kern_m)} in de kern, "
        f"{metres_nl(premises.service_distance_buitengebied_m)} in het buitengebied). {today} Gemiddeld is het "
        f"{how_far_nl(value('mean_distance_m'), premises)}; de langste afstand is "
        f"{how_far_nl(value('worst_distance_m'), premises)}. "
        f"{busiest_nl(evaluation)}"
    )


def _figures(evaluation: Evaluation, baseline: Baseline) -> Table:
    value = evaluation.value
    beyond = evaluation.shortfall.beyond_persons

    def today(text: str, *, known: bool = baseline.known) -> str:
        return text if known else UNKNOWN

    n_cnsp = today(number_nl(baseline.n_cnsp), known=baseline.known_cnsp)
    rows = [
        ("Lokale noodsteunpunten (L-NSP's)", today(number_nl(len(baseline.lnsp_names))), number_nl(value("n_lnsp"))),
        ("Coördinerende noodsteunpunten (C-NSP's)", n_cnsp, number_nl(value("n_cnsp"))),
        ("% binnen 1 km", today(percent_nl(baseline.share_within_1000m)), percent_nl(value("share_within_1000m"))),
        ("% binnen 2,5 km", today(percent_nl(baseline.share_within_2500m)), percent_nl(value("share_within_2500m"))),
        ("Inwoners verder dan de maat", today(number_nl(baseline.beyond_norm_persons)), number_nl(beyond)),
    ]
    return table("Vijf kerncijfers: vandaag en met dit plan", FIGURE_COLUMNS, rows, FIGURE_COLUMNS[1:])


def _baseline_text(baseline: Baseline) -> str:
    if not baseline.known:
        return "Nulmeting: onbekend, want op de lijst staat van geen enkel gebouw de status."
    if not baseline.lnsp_names:
        return "Nulmeting: op de lijst staat nog geen gebouw met de status pilot of operationeel."
    return (
        f"Nulmeting: de gebouwen met de status pilot of operationeel ({_names(baseline.lnsp_names)}), als ieder naar "
        "het dichtstbijzijnde gaat en er geen grens is aan het aantal mensen."
    )


def _picture_alt(evaluation: Evaluation) -> str:
    return (
        f"Kaart van {evaluation.premises.region_name} met {lnsps_nl(len(evaluation.lnsps))} als ronde stippen, "
        f"{cnsps_nl(len(evaluation.cnsps))} als vierkante stippen en de bewoonde vierkanten; de vierkanten verder dan "
        "de maat zijn roze. De bijlage noemt alle punten per gemeente."
    )


def _left_out_text(evaluation: Evaluation) -> list[str]:
    shortfall, premises = evaluation.shortfall, evaluation.premises
    beyond = shortfall.beyond_persons
    if round(beyond) == 0:
        texts = ["Iedereen woont binnen de maat van een L-NSP."]
    else:
        texts = [
            f"{inhabitants_nl(beyond)} ({percent_nl(shortfall.beyond_share)}) {agreeing_nl(beyond, 'woont', 'wonen')} "
            f"verder van hun L-NSP dan de maat: {number_nl(shortfall.beyond_kern_persons)} in een kern en "
            f"{number_nl(shortfall.beyond_buitengebied_persons)} in het buitengebied.",
            "Voor deze inwoners is vervoer, een eigen plek in de buurt of hulp aan huis nodig. Dat valt buiten dit "
            "plan.",
        ]
    texts += vulnerable_nl(evaluation)
    if shortfall.unreachable_persons > 0:
        cutoff, persons = metres_nl(premises.cutoff_m), inhabitants_nl(shortfall.unreachable_persons)
        texts.insert(1, f"Voor {persons} is er binnen {cutoff} geen gebouw op de lijst met plaats.")
    return texts


def _worst_places(shortfall: Shortfall) -> Table:
    columns = ("Plaats", "Gemeente", "Inwoners", "Verder dan de maat", "Langste loopafstand")
    rows = [
        (
            str(row["place"]),
            text_or_dash(row["gemeente_name"]),
            number_nl(row["persons"]),
            number_nl(row["beyond_norm_persons"]),
            metres_nl(row["worst_distance_m"]),
        )
        for row in shortfall.places.head(N_WORST_PLACES).to_dict("records")
    ]
    return table("Plaatsen met de meeste inwoners verder dan de maat", columns, rows, columns[2:])


def _certainty(evaluation: Evaluation) -> list[dict[str, str]]:
    sure = evaluation.certainty
    settings = [row["text_nl"] for row in norm_rows(evaluation.premises) if row["certainty"] == "setting"]
    return [
        {
            "head": "Het rekenwerk",
            "text": " ".join(proof_sentences_nl(evaluation.goal)) + " Dat geldt voor deze gebouwen en deze normen.",
        },
        {
            "head": "De gebouwen",
            "text": " ".join([_agreed(evaluation), *status_nl(evaluation), *chosen_to_check_nl(evaluation)])
            + " Van de voorzieningen (zoals noodstroom en toiletten) is "
            f"{percent_nl(sure.unknown_provisions_share, 0)} nog niet bekend. Onbekend is geen nee: het is een vraag "
            "aan de gemeente.",
        },
        {
            "head": "De capaciteit",
            "text": f"De capaciteit is {assumed_nl(evaluation)}. Is niet bekend wat een gebouw aankan, dan telt het "
            f"voor {both_nl(evaluation.premises.full_persons, evaluation.premises.full_present)}.",
        },
        {
            "head": "De inwoners",
            "text": _added(evaluation),
        },
        {
            "head": "De afstand",
            "text": _distance_text(evaluation),
        },
        {
            "head": "De normen",
            "text": f"{len(settings)} van de gebruikte getallen hebben geen Nederlandse bron en zijn een eigen "
            "instelling; de bijlage noemt ze. Het landelijk advies komt naar verwachting begin 2027. Dan rekenen we "
            "het plan opnieuw door.",
        },
    ]


def _agreed(evaluation: Evaluation) -> str:
    sure = evaluation.certainty
    if not evaluation.baseline.known:
        return "Of eigenaren akkoord zijn is onbekend: op de lijst staat van geen enkel gebouw de status."
    return (
        f"Bij {number_nl(sure.n_agreed)} van de {number_nl(sure.n_lnsp)} gekozen L-NSP's is de eigenaar akkoord of "
        "loopt er al een pilot. De andere gebouwen zijn een voorstel."
    )


def _added(evaluation: Evaluation) -> str:
    if not evaluation.premises.calibrated:
        return (
            "De aantallen zijn niet geijkt op de officiële inwonertallen: het CBS publiceert kleine aantallen per "
            "vierkant niet, zodat 5 tot 10 % van de inwoners ontbreekt. Hoeveel het er zijn en waar, is onbekend."
        )
    return (
        f"Van de inwoners is {percent_nl(evaluation.certainty.added_persons_share)} bijgeteld, omdat het CBS kleine "
        "aantallen per vierkant niet publiceert. Waar die mensen precies wonen is een schatting."
    )


def _distance_text(evaluation: Evaluation) -> str:
    text = f"De loopafstand is {measured_nl(evaluation)}."
    if evaluation.premises.straight_line:
        text += " Rivieren en snelwegen kunnen de weg langer maken."
    return text


_COMPARED = (
    ("n_lnsp", "L-NSP's", number_nl),
    ("n_cnsp", "C-NSP's", number_nl),
    ("share_within_1000m", "% binnen 1 km", percent_nl),
    ("share_within_norm", "% binnen de maat", percent_nl),
    ("mean_distance_m", "Gemiddelde loopafstand", metres_nl),
    ("worst_distance_m", "Langste loopafstand", metres_nl),
    ("unreachable_persons", "Inwoners zonder L-NSP binnen bereik", number_nl),
    ("highest_load", "Max. belasting", percent_nl),
    ("cnsp_worst_distance_m", "Langste naar C-NSP", km_nl),
    ("n_nearer_cnsp", "L-NSP's voorbij een C-NSP", number_nl),
)


def _alternatives(evaluation: Evaluation, run_info: RunInfo, others: Sequence[FinishedRun]) -> Table | None:
    if not others:
        return None
    titles = _distinct([evaluation.premises.title, *(run.title for run in others)])
    columns = ("", f"Dit plan: {titles[0]}", *titles[1:])
    rows = [
        (label, show(evaluation.value(name)), *(show(run.value(name)) for run in others))
        for name, label, show in _COMPARED
    ]
    own = {"lnsp": evaluation.goal.lnsp.proof, "cnsp": evaluation.goal.cnsp.proof}
    proofs = (own, *(run.proofs for run in others))
    rows.append(
        (
            "Hoogstens van het beste af: L-NSP's / C-NSP's",
            *(f"{short_proof_nl(each['lnsp'])} / {short_proof_nl(each['cnsp'])}" for each in proofs),
        )
    )
    rows.append(("Gemaakt op", date_nl(run_info.created), *(date_nl(run.created) for run in others)))
    return table("Alternatieven naast elkaar", columns, rows, columns[1:])


def _distinct(titles: Sequence[str]) -> list[str]:
    titles = [title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…" for title in titles]
    return [title if titles.count(title) == 1 else f"{title} ({n})" for n, title in enumerate(titles, start=1)]


def _change(evaluation: Evaluation) -> list[str] | None:
    changes = evaluation.changes
    if changes is None:
        return None
    texts = changes_nl(changes)
    for role in ("lnsp", "cnsp"):
        added, gone = ([each.name for each in changes.of(role, change)] for change in ("came", "went"))
        texts += [f"{ROLE_NL[role]}'s erbij: {_names(added)}."] if added else []
        texts += [f"{ROLE_NL[role]}'s eraf: {_names(gone)}."] if gone else []
    if changes.reasons:
        texts.append("De bijlage zegt van elk gebouw waarom het erbij komt of vervalt.")
    return texts


def _change_tables(evaluation: Evaluation) -> list[Table]:
    changes = evaluation.changes
    if changes is None:
        return []
    columns = ("", f"Vorige versie ({date_nl(changes.previous.created)})", "Deze versie")
    values = [
        (label, show(changes.previous.value(name)), show(evaluation.value(name))) for name, label, show in _COMPARED
    ]
    rows = [row for row in values if row[1] != row[2]]
    why = change_rows(evaluation)
    return [
        *([table("Wat er is veranderd sinds de vorige versie", columns, rows, columns[1:])] if rows else []),
        *([table("Waarom noodsteunpunten erbij komen of vervallen", CHANGE_COLUMNS, why)] if why else []),
    ]


def _names(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMES
    return "; ".join(names[:MAX_NAMES]) + (f" en nog {number_nl(more)}" if more > 0 else "")
