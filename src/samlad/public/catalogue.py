"""The catalogue of released tables: DCAT-AP-SE 3.0.1 as RDF/XML, for harvesters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from samlad.public.models import Publication

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

VCARD = "http://www.w3.org/2006/vcard/ns#"
FILE_TYPES = {"csv": "CSV", "json": "JSON", "geojson": "GEOJSON"}
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
AGENT_TYPE = "http://purl.org/adms/publishertype/LocalAuthority"
RIGHTS = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"


def rdf(tables: Sequence[Publication], *, base: str) -> bytes:
    """Return the catalogue, absolute addresses throughout; the same rows give the same bytes."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef

    graph = Graph()
    for prefix, namespace in (
        ("dcat", DCAT),
        ("dcterms", DCTERMS),
        ("foaf", FOAF),
        ("vcard", VCARD),
    ):
        graph.bind(prefix, namespace)
    catalog = URIRef(f"{base}/datasets/dcat#katalog")
    named = tables[0].publisher["name"] if tables else "Samlad"
    graph.add((catalog, RDF.type, DCAT.Catalog))
    for language, title, description in (
        ("sv", "Trygghet och brottsförebyggande arbete",
         "Tabeller som har släppts efter röjandekontroll."),
        ("en", "Safety and crime prevention", "Tables released after disclosure control."),
    ):  # fmt: skip
        graph.add((catalog, DCTERMS.title, Literal(title, lang=language)))
        graph.add((catalog, DCTERMS.description, Literal(description, lang=language)))
    graph.add((catalog, DCTERMS.publisher, _agent(graph, f"{base}/#utgivare", named)))
    graph.add((catalog, DCTERMS.license, URIRef(LICENCE)))
    for one in tables:
        graph.add((catalog, DCAT.dataset, _dataset(graph, one, base)))
    return _steady(graph.serialize(format="xml"))


def _agent(graph: Graph, address: str, name: str) -> URIRef:
    """Add who publishes: name and type are mandatory since 3.0.1."""
    from rdflib import DCTERMS, FOAF, RDF, Literal, URIRef

    agent = URIRef(address)
    graph.add((agent, RDF.type, FOAF.Agent))
    graph.add((agent, FOAF.name, Literal(name, lang="sv")))
    graph.add((agent, DCTERMS.type, URIRef(AGENT_TYPE)))
    return agent


def _dataset(graph: Graph, one: Publication, base: str) -> URIRef:
    from rdflib import DCAT, DCTERMS, RDF, Literal, URIRef
    from rdflib.namespace import XSD

    dataset = URIRef(f"{base}/oppna-data/{one.slug}/{one.subject}/")
    graph.add((dataset, RDF.type, DCAT.Dataset))
    for language in ("sv", "en"):
        content = one.content[language]
        graph.add((dataset, DCTERMS.title, Literal(_line(content["title"]), lang=language)))
        graph.add(
            (dataset, DCTERMS.description, Literal(_line(content["description"]), lang=language))
        )
        for word in content["keywords"]:
            graph.add((dataset, DCAT.keyword, Literal(word, lang=language)))
    agent = _agent(graph, f"{base}/#utgivare-{one.slug}", one.publisher["name"])
    graph.add((dataset, DCTERMS.publisher, agent))
    graph.add((dataset, DCTERMS.accessRights, URIRef(RIGHTS)))
    graph.add((dataset, DCTERMS.issued, Literal(one.published_at.date(), datatype=XSD.date)))
    _contact(graph, dataset, one, base)
    period = URIRef(f"{dataset}#period")
    graph.add((dataset, DCTERMS.temporal, period))
    graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
    for name, day in ((DCAT.startDate, "starts_on"), (DCAT.endDate, "ends_on")):
        graph.add((period, name, Literal(one.content["sv"][day], datatype=XSD.date)))
    forms = ("csv", "json", "geojson") if one.content["sv"].get("shapes") else ("csv", "json")
    for form in forms:
        address = f"{base}/data/{one.slug}/{one.subject}.{form}"
        distribution = URIRef(f"{address}#distribution")
        graph.add((dataset, DCAT.distribution, distribution))
        graph.add((distribution, RDF.type, DCAT.Distribution))
        graph.add((distribution, DCAT.accessURL, URIRef(address)))
        graph.add((distribution, DCAT.downloadURL, URIRef(address)))
        graph.add((distribution, DCTERMS.license, URIRef(LICENCE)))
        graph.add((distribution, DCTERMS["format"], URIRef(FILE_TYPE + FILE_TYPES[form])))
    return dataset


def _contact(graph: Graph, dataset: URIRef, one: Publication, base: str) -> None:
    from rdflib import DCAT, RDF, Literal, URIRef

    contact = URIRef(f"{base}/#kontakt-{one.slug}")
    graph.add((dataset, DCAT.contactPoint, contact))
    graph.add((contact, RDF.type, URIRef(f"{VCARD}Organization")))
    graph.add((contact, URIRef(f"{VCARD}fn"), Literal(one.publisher["name"], lang="sv")))
    if one.publisher.get("mailbox"):
        mailbox = URIRef(f"mailto:{one.publisher['mailbox']}")
        graph.add((contact, URIRef(f"{VCARD}hasEmail"), mailbox))


def _line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def _steady(text: str) -> bytes:
    """Return RDF/XML with its descriptions, and what each says, in one order."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  <rdf:Description"))
    blocks: list[list[str]] = []
    for line in lines[first:]:
        if line.startswith("  <rdf:Description"):
            blocks.append([line])
        elif line.startswith("    "):
            blocks[-1].append(line)
    made = [
        line
        for block in sorted(blocks, key=lambda one: one[0])
        for line in (block[0], *sorted(block[1:]), "  </rdf:Description>")
    ]
    return ("\n".join([*lines[:first], *made, "</rdf:RDF>"]) + "\n").encode()
