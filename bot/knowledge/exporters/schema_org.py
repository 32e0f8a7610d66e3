"""schema.org's GovernmentService as JSON-LD, for search engines (https://schema.org/GovernmentService).

The agency that decides stands both as `provider` and as `serviceOperator`: consumers read one or the other. A fee is an offer with a price in
đồng, 0 when free, or with words alone. Time limits are a `processingTime` of the channels they are for where ISO 8601 has an exact form
(`linked.iso8601`), and always words of the description. The legal basis and the decision are the `termsOfService`; where the facts come from and
when they were last checked is the page that the service is the subject of. schema.org has no word for the papers of a dossier, conditions and
steps: JSON Lines and CPSV-AP have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.knowledge.exporters import words
from bot.knowledge.exporters.linked import HA_NOI, Node, document, node, reference, the_only, urn
from bot.knowledge.model import Fee, Filing, Knowledge, Procedure

_LINK = {"@type": "@id"}
_VIETNAMESE = {"@language": "vi"}
CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "url": _LINK, "serviceUrl": _LINK, "provider": _LINK, "serviceOperator": _LINK, "areaServed": _LINK,
    "name": _VIETNAMESE, "alternateName": _VIETNAMESE, "description": _VIETNAMESE, "serviceType": _VIETNAMESE, "audienceType": _VIETNAMESE,
}  # fmt: skip
CURRENCY = "VND"  # ISO 4217


def lines(knowledge: Knowledge) -> Iterator[str]:
    """Yield the lines of the JSON-LD document of `knowledge`: services by code, then the city and the agencies."""
    return document(CONTEXT, _nodes(knowledge))


def _nodes(knowledge: Knowledge) -> Iterator[Node]:
    for _, procedure in sorted(knowledge.procedures.items()):
        yield _service(procedure, knowledge)
    yield node(HA_NOI, "AdministrativeArea", name=words.CITY)
    for key in sorted({a for p in knowledge.procedures.values() for a in p.agencies}):
        yield node(urn("co-quan", key), "GovernmentOrganization", name=knowledge.agencies[key].name)


def _service(procedure: Procedure, knowledge: Knowledge) -> Node:
    agencies = [reference(urn("co-quan", a)) for a in procedure.agencies]
    source, decision = procedure.source, procedure.publication.decision
    other_names = [n for n in (procedure.official_name, *procedure.other_names) if n != procedure.name]
    return node(
        urn("thu-tuc", procedure.code), "GovernmentService", identifier=procedure.code, name=procedure.name, alternateName=other_names,
        description=words.present(procedure.summary, words.times(procedure)), serviceType=knowledge.fields[procedure.field].name,
        provider=agencies, serviceOperator=agencies, areaServed=reference(HA_NOI),
        audience=[node(None, "Audience", audienceType=s) for s in procedure.subjects], offers=[_offer(fee, procedure) for fee in procedure.fees],
        availableChannel=list(_channels(procedure)), serviceOutput=[node(None, "Thing", name=r) for r in procedure.results],
        termsOfService=[*procedure.legal_basis, *words.present(decision)], url=source.url,
        subjectOf=node(None, "WebPage", url=source.url, lastReviewed=source.checked),
    )  # fmt: skip


def _offer(fee: Fee, procedure: Procedure) -> Node:
    priced: dict[str, Any] = {} if fee.amount is None else {"price": fee.amount, "priceCurrency": CURRENCY}
    return node(None, "Offer", name=fee.name, **priced, description=words.cost(fee, procedure))


def _channels(procedure: Procedure) -> Iterator[Node]:
    for filing in procedure.filing:
        online = procedure.online if filing == "truc_tuyen" else None
        yield node(
            None, "ServiceChannel", name=words.FILING[filing], description=words.online(online) if online else None,
            serviceUrl=online.url if online else None, processingTime=_time(procedure, filing),
        )  # fmt: skip
    if procedure.places:
        yield node(None, "ServiceChannel", name=words.PLACES, description=list(procedure.places))


def _time(procedure: Procedure, filing: Filing) -> str | None:
    """Return the time limit through `filing`: the one for it, else the one for every way of filing."""
    own = [d for d in procedure.durations if filing in d.filing]
    return the_only(own or (d for d in procedure.durations if not d.filing))
