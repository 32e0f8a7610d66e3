"""CPSV-AP 3.2, the European Union's vocabulary of public services, as JSON-LD (https://semiceu.github.io/CPSV-AP/releases/3.2.0/).

| fact | property | how |
|---|---|---|
| mã, tên chính thức, tên gọi khác | identifier, title, keyword | |
| tóm tắt, khi nào dùng, thời hạn | description | the profile demands one: a row without a summary says that it lacks it |
| cơ quan | hasCompetentAuthority | the profile demands one: where none is known, an authority "of this level, not named" |
| lĩnh vực, đối tượng, trạng thái | thematicArea, audience, status | concepts of the city's own; `sector` means NACE, which no source tells |
| phí | hasCost | an amount in đồng, 0 when free; a fee told in words is a description without a value |
| thời hạn | processingTime | on the channel it is for, else on the service, and only where ISO 8601 has an exact form: see `linked.iso8601` |
| giấy tờ | hasInput → Evidence | role (handed in, shown, in which case), counts and form in the description |
| kết quả, điều kiện | produces, holdsRequirement | conditions known to be none cannot be told apart from unknown ones here |
| trình tự, nơi nộp, lưu ý về giấy tờ | follows → Rule | |
| căn cứ, quyết định công bố | hasLegalResource | |
| cách thức, trực tuyến | hasChannel | |
| mẫu đơn | foaf:page | |
| nguồn, ngày kiểm tra | dct:source, dct:date | outside the profile, which is open; the date is the one of the last check |

The internal process and sample questions are the city's own and stay out; the JSON Lines export has them. Concepts, places and the currency
carry their type and label here, since the profile's shapes ask for them and a validator fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.knowledge.exporters import words
from bot.knowledge.exporters.linked import HA_NOI, Node, document, node, reference, the_only, urn, within_the_city
from bot.knowledge.model import Filing, Knowledge, Paper, Procedure
from bot.text import slug

_LINK = {"@type": "@id"}
_VIETNAMESE = {"@language": "vi"}
CONTEXT: dict[str, Any] = {
    "adms": "http://www.w3.org/ns/adms#", "cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/", "skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "identifier": "dct:identifier", "title": {"@id": "dct:title"} | _VIETNAMESE, "description": {"@id": "dct:description"} | _VIETNAMESE,
    "prefLabel": {"@id": "skos:prefLabel"} | _VIETNAMESE, "keyword": {"@id": "dcat:keyword"} | _VIETNAMESE,
    "hasCompetentAuthority": {"@id": "cv:hasCompetentAuthority"} | _LINK, "thematicArea": {"@id": "cv:thematicArea"} | _LINK,
    "audience": {"@id": "dct:audience"} | _LINK, "status": {"@id": "adms:status"} | _LINK, "spatial": {"@id": "dct:spatial"} | _LINK,
    "contactPoint": {"@id": "cv:contactPoint"} | _LINK, "contactPage": {"@id": "cv:contactPage"} | _LINK, "telephone": "cv:telephone",
    "hasCost": {"@id": "cv:hasCost"} | _LINK, "hasValue": {"@id": "cv:hasValue", "@type": "xsd:double"}, "currency": {"@id": "cv:currency"} | _LINK,
    "ifAccessedThrough": {"@id": "cv:ifAccessedThrough"} | _LINK, "processingTime": {"@id": "cv:processingTime", "@type": "xsd:duration"},
    "hasInput": {"@id": "cpsv:hasInput"} | _LINK, "produces": {"@id": "cpsv:produces"} | _LINK, "follows": {"@id": "cpsv:follows"} | _LINK,
    "holdsRequirement": {"@id": "cv:holdsRequirement"} | _LINK, "hasLegalResource": {"@id": "cv:hasLegalResource"} | _LINK,
    "hasChannel": {"@id": "cv:hasChannel"} | _LINK, "type": {"@id": "dct:type"} | _LINK, "relatedService": {"@id": "cv:relatedService"} | _LINK,
    "page": {"@id": "foaf:page"} | _LINK, "source": {"@id": "dct:source"} | _LINK, "date": "dct:date",
}  # fmt: skip
VIET_NAM = "http://publications.europa.eu/resource/authority/country/VNM"  # the EU's list of countries, by ISO 3166
VND = "http://publications.europa.eu/resource/authority/currency/VND"  # the EU's list of currencies, by ISO 4217
CONTACT = urn("lien-he", "tong-dai")
DATES = {1: "xsd:gYear", 2: "xsd:gYearMonth", 3: "xsd:date"}  # by how many parts of a date are known


def lines(knowledge: Knowledge) -> Iterator[str]:
    """Yield the lines of the JSON-LD document of `knowledge`: services by code, then the things they share."""
    return document(CONTEXT, _Catalogue(knowledge).nodes())


class _Catalogue:
    """The services of one knowledge, and the nodes they share, gathered while the services are made."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._shared: dict[str, Node] = {}

    def nodes(self) -> Iterator[Node]:
        for _, procedure in sorted(self._knowledge.procedures.items()):
            yield self._service(procedure)
        yield from self._shared.values()

    def _share(self, name: str, type_: str, **facts: Any) -> Node:
        """Return a reference to the node `name`, which is added to the shared ones unless it is there."""
        self._shared.setdefault(name, node(name, type_, **facts))
        return reference(name)

    def _concept(self, kind: str, key: str, label: str) -> Node:
        return self._share(urn(kind, key), "skos:Concept", prefLabel=label)

    def _service(self, procedure: Procedure) -> Node:
        life, source = procedure.publication, procedure.source
        other_names = [n for n in (procedure.name, *procedure.other_names) if n != procedure.official_name]
        successor = [reference(urn("thu-tuc", life.replaced_by))] if life.replaced_by in self._knowledge.procedures else []
        legal = [*procedure.legal_basis, *words.present(life.decision)]
        return node(
            urn("thu-tuc", procedure.code), "cpsv:PublicService", identifier=procedure.code, title=procedure.official_name,
            description=self._descriptions(procedure), keyword=other_names, hasCompetentAuthority=self._authorities(procedure),
            spatial=[self._city()], thematicArea=[self._concept("linh-vuc", procedure.field, self._knowledge.fields[procedure.field].name)],
            audience=[self._concept("doi-tuong", slug(s), s) for s in procedure.subjects],
            status=self._concept("trang-thai", life.state, words.STATE[life.state]), contactPoint=[self._contact()],
            hasChannel=list(self._channels(procedure)), hasCost=list(self._costs(procedure)),
            processingTime=the_only(d for d in procedure.durations if not d.filing), hasInput=list(self._evidence(procedure)),
            produces=[_part(procedure, "cv:Output", "ket-qua", i, title=r) for i, r in enumerate(procedure.results, 1)],
            holdsRequirement=[_part(procedure, "cv:Requirement", "dieu-kien", i, title=c) for i, c in enumerate(procedure.conditions or (), 1)],
            follows=list(_rules(procedure)), hasLegalResource=[self._share(urn("van-ban", slug(x)), "eli:LegalResource", title=x) for x in legal],
            relatedService=successor, page=[self._form(f.name, f.code, f.url) for f in procedure.forms],
            source=self._share(source.url, "foaf:Document") if source.url else None,
            date={"@value": source.checked, "@type": DATES[len(source.checked.split("-"))]},
        )  # fmt: skip

    def _descriptions(self, procedure: Procedure) -> list[str]:
        summary = procedure.summary or words.NO_SUMMARY.format(field=self._knowledge.fields[procedure.field].name)
        when = procedure.difference.when if procedure.difference else None
        return words.present(summary, words.WHEN_RIGHT.format(when=when) if when else None, words.times(procedure))

    def _city(self) -> Node:
        return self._share(HA_NOI, "dct:Location", prefLabel=words.CITY)

    def _area(self, within_city: bool) -> Node:
        return self._city() if within_city else self._share(VIET_NAM, "dct:Location", prefLabel=words.COUNTRY)

    def _authorities(self, procedure: Procedure) -> list[Node]:
        """Return who decides. The profile demands the area each covers: Hà Nội for local bodies, else the country, which no body exceeds."""
        named = [(key, self._knowledge.agencies[key].name) for key in procedure.agencies]
        made = [self._organisation(key, name, within_the_city(name)) for key, name in named]
        if made:
            return made
        local = ("tinh", "huyen", "xa")
        return [
            self._organisation(f"chua-ro-{slug(level)}", words.AGENCY_NOT_NAMED.format(level=words.LEVEL[level]), level in local)
            for level in procedure.levels
        ]

    def _organisation(self, key: str, name: str, within_city: bool) -> Node:
        return self._share(urn("co-quan", key), "cv:PublicOrganisation", prefLabel=name, spatial=[self._area(within_city)])

    def _contact(self) -> Node:
        contact = self._knowledge.contact
        portal = self._share(contact.portal, "foaf:Document")
        return self._share(CONTACT, "cv:ContactPoint", telephone=list(contact.hotlines), contactPage=[portal])

    def _channels(self, procedure: Procedure) -> Iterator[Node]:
        for filing in _filings(procedure):
            online = procedure.online if filing == "truc_tuyen" else None
            page = self._share(online.url, "foaf:Document") if online and online.url else None
            yield node(
                _channel(procedure, filing), "cv:Channel", identifier=f"{procedure.code}:cach-thuc:{filing}",
                type=self._concept("cach-thuc", filing, words.FILING[filing]), description=words.online(online) if online else None,
                processingTime=the_only(d for d in procedure.durations if filing in d.filing), page=page,
            )  # fmt: skip

    def _costs(self, procedure: Procedure) -> Iterator[Node]:
        """Yield a cost for each fee and channel it is for: the profile lets a cost name one channel at most."""
        number = 0
        for fee in procedure.fees:
            for filing in fee.filing or (None,):
                number += 1
                money = {} if fee.amount is None else {"hasValue": fee.amount, "currency": self._currency()}
                channel = reference(_channel(procedure, filing)) if filing else None
                yield _part(procedure, "cv:Cost", "phi", number, **money, description=words.cost(fee, procedure), ifAccessedThrough=channel)

    def _currency(self) -> Node:
        return self._share(VND, "skos:Concept", prefLabel=words.DONG)

    def _evidence(self, procedure: Procedure) -> Iterator[Node]:
        if procedure.papers:
            for number, (paper, role) in enumerate(_papers(procedure), 1):
                yield _part(procedure, "cv:Evidence", "giay-to", number, title=paper.name, description=words.paper(paper, role))

    def _form(self, name: str, code: str | None, url: str | None) -> Node:
        title = f"{name} ({code})" if code else name
        return self._share(url or urn("mau-don", slug(title)), "foaf:Document", title=title)


def _part(procedure: Procedure, type_: str, kind: str, number: int | str, **facts: Any) -> Node:
    key = f"{procedure.code}:{kind}:{number}"
    return node(urn("thu-tuc", key), type_, identifier=key, **facts)


def _channel(procedure: Procedure, filing: Filing) -> str:
    return urn("thu-tuc", f"{procedure.code}:cach-thuc:{filing}")


def _filings(procedure: Procedure) -> list[Filing]:
    """Return the filing methods of `procedure`, with those that only a fee or a time limit names."""
    named = [f for fee in procedure.fees for f in fee.filing] + [f for duration in procedure.durations for f in duration.filing]
    return list(dict.fromkeys((*procedure.filing, *named)))


def _papers(procedure: Procedure) -> Iterator[tuple[Paper, str]]:
    assert procedure.papers is not None
    yield from ((paper, words.HAND_IN) for paper in procedure.papers.hand_in)
    yield from ((paper, words.SHOW) for paper in procedure.papers.show)
    yield from ((paper, words.IN_CASE.format(when=case.when)) for case in procedure.papers.cases for paper in case.papers)


def _rules(procedure: Procedure) -> Iterator[Node]:
    notes = procedure.papers.notes if procedure.papers else ()
    for kind, title, said in (
        ("trinh-tu", words.STEPS, procedure.steps),
        ("noi-nop", words.PLACES, procedure.places),
        ("luu-y", words.PAPER_NOTES, notes),
    ):
        if said:
            yield _part(procedure, "cpsv:Rule", "quy-tac", kind, title=title, description=words.numbered(said))
