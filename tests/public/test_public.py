"""The room residents see: it reads no table but its own, and an outsider finds nothing else."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from samlad.public import actions, catalogue, content
from samlad.public.models import Publication
from samlad.public.serving import SHELF
from samlad.ui.middleware import OPEN_VIEWS

ROOM = Path(actions.__file__).parent
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAY_IMPORT = {"samlad.public", "samlad.guard", "samlad.audit", "samlad.ui"}
TABLE = {
    "title": "Skadegörelse per kommundel", "summary": "s", "description": "d",
    "keywords": ["skadegörelse"], "source": "Polisen", "rule": "r", "row_name": "Kommundel",
    "columns": ["2025 kv 1"], "rows": [{"name": "Bjuv", "cells": ["12"], "total": "12"}],
    "column_totals": ["12"], "total": "12", "starts_on": "2025-01-01", "ends_on": "2025-03-31",
}  # fmt: skip


@pytest.fixture
def table(town):
    made = actions.publish(
        release=7, kind="table", subject="skadegorelse", slug="bjuv", municipality="Bjuvs kommun",
        publisher={"name": "Bjuvs kommun", "editor": "Enheten", "mailbox": "t@bjuv.example",
                   "phone": ""},
        content={"sv": TABLE, "en": TABLE}, by=None, owner=town.process_authority_id,
        municipality_id=town.pk, now=NOW,
    )  # fmt: skip
    SHELF.forget()
    yield made
    SHELF.forget()


def test_the_room_imports_no_other():
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{one.name}" for one in node.names]
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            for name in names:
                if name.startswith("samlad"):
                    assert ".".join(name.split(".")[:2]) in MAY_IMPORT, f"{path.name}: {name}"


def test_it_touches_no_table_but_its_own_and_the_audit(table, client, town):
    own = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in {"public", "audit"}}
    others = {m._meta.db_table for m in apps.get_models()} - own
    with CaptureQueriesContext(
        connection,
    ) as asked:
        actions.rebuild_whole(now=NOW)
        SHELF.forget()
        for path in ("/loften/", "/oppna-data/", "/datasets/dcat", "/tyck/", "/en/oppna-data/",
                     "/tillganglighet/brist/?kommun=bjuv"):  # fmt: skip
            assert client.get(path).status_code == 200
        question = {
            **TABLE, "text": "t", "words": "sv", "places": ["A", "B"],
            "feelings": [["trygg", "t"]], "reasons": [["annat", "a"]], "times": [["dag", "d"]],
        }  # fmt: skip
        actions.publish(
            release=8, kind="campaign", subject="fraga", slug="bjuv", municipality="Bjuvs kommun",
            publisher={"name": "Bjuvs kommun", "editor": "Enheten"},
            content={"sv": question, "en": question}, by=None, owner=town.process_authority_id,
            municipality_id=town.pk, now=NOW, shown_from=date(2026, 1, 1),
            shown_before=date(2100, 1, 1),
        )  # fmt: skip
        for path, field in (
            ("/tyck/?sida=/oppna-data/", {"sida": "/oppna-data/", "svar": "ja"}),
            ("/tyck-till/svara/?fraga=8", {"fraga": "8", "plats": "A", "kansla": "trygg",
                                           "orsak": "annat", "tid": "dag"}),
            ("/tillganglighet/brist/?kommun=bjuv", {"kommun": "bjuv", "sida": "/oppna-data/",
                                                    "brist": "annat"}),
        ):  # fmt: skip
            form = client.get(path).content.decode()
            token = form.split('name="token" value="')[1].split('"')[0]
            taken = client.post(
                path.split("?")[0], field | {"token": token},
                headers={"origin": "http://testserver"},
            )  # fmt: skip
            assert "Tack" in taken.content.decode()
        actions.withdraw(
            release=7, reason="Fel", by=None, owner=town.process_authority_id,
            municipality_id=town.pk, now=NOW,
        )  # fmt: skip
    for query in asked.captured_queries:
        assert not [name for name in others if f'"{name}"' in query["sql"]], query["sql"]


def test_what_is_served_asks_nothing_of_the_database(table, client, django_assert_num_queries):
    client.get("/oppna-data/")
    with django_assert_num_queries(0):
        for _ in range(3):
            assert client.get("/oppna-data/").status_code == 200


def _addresses(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.name or ""


def test_the_outsider_finds_no_internal_page(table, client):
    tried = 0
    for pattern, name in _addresses(get_resolver().url_patterns):
        if name in OPEN_VIEWS or name.startswith("account_") or pattern.startswith("api/"):
            continue
        address = "/" + pattern
        for kind, value in (("<int:", "1"), ("<str:", "x"), ("<slug:", "x"), ("<uuid:", "x")):
            while kind in address:
                start = address.index(kind)
                address = address[:start] + value + address[address.index(">", start) + 1 :]
        for method in (client.get, client.post):
            answer = method(address)
            assert answer.status_code in {301, 302, 403, 404, 405}, (address, answer.status_code)
            if answer.status_code == 302:
                assert answer.url.startswith("/konto/login/"), (address, answer.url)
        tried += 1
    assert tried > 150


class TestContent:
    """Checked once more at the door, whoever sends it."""

    @pytest.mark.parametrize(
        "given",
        [{"sv": {"t": "a"}}, {"sv": {"t": "19900101-2385"}, "en": {"t": "a"}},
         {"sv": {"t": "a" * 1_000_001}, "en": {"t": ""}}],
    )  # fmt: skip
    def test_what_is_no_content_is_refused(self, given):
        with pytest.raises(content.NotPublishable):
            content.checked(given)


class TestCatalogue:
    """DCAT-AP-SE 3.0.1: what is mandatory is there, with absolute addresses, without redirect."""

    def test_every_mandatory_property_is_there(self, table, client):
        from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, URIRef

        answer = client.get("/datasets/dcat")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("application/rdf+xml")
        graph = Graph().parse(data=answer.content, format="xml")
        mandatory = {
            DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license,
                           DCAT.dataset],
            DCAT.Dataset: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher],
            DCAT.Distribution: [DCAT.accessURL, DCTERMS["format"]],
            FOAF.Agent: [FOAF.name, DCTERMS.type],
        }  # fmt: skip
        for kind, properties in mandatory.items():
            things = list(graph.subjects(RDF.type, kind))
            assert things, kind
            for thing in things:
                assert isinstance(thing, URIRef)
                assert str(thing).startswith("http")
                for name in properties:
                    assert list(graph.objects(thing, name)), (thing, name)
        titles = {one.language for one in graph.objects(None, DCTERMS.title)}
        assert titles == {"sv", "en"}
        for address in graph.objects(None, DCAT.accessURL):
            path = "/" + str(address).split("/", 3)[3]
            assert client.get(path).status_code == 200

    def test_the_same_rows_give_the_same_bytes(self, table):
        rows = list(Publication.objects.all())

        assert catalogue.rdf(rows, base="http://a") == catalogue.rdf(rows, base="http://a")
        assert b"<rdf:RDF" in catalogue.rdf([], base="http://a")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/tyck-till/svara/?fraga=999", 404),
        ("get", "/en/tyck-till/svara/?fraga=999", 404),
        ("get", "/tillganglighet/brist/", 404),
        ("get", "/tillganglighet/brist/?kommun=ingenstans", 404),
        ("get", "/loften", 302),
        ("get", "/oppna-data", 302),
        ("post", "/loften/", 405),
        ("put", "/oppna-data/", 405),
        ("options", "/loften/", 405),
    ],
)
def test_what_is_not_there_sets_no_cookie_and_shows_no_sign_in(table, method, path, status):
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(path)

    assert answer.status_code == status
    assert not answer.cookies
    assert b"/konto/login/" not in answer.content


def test_a_form_says_who_answers_for_the_page_and_when_it_changed(table, client):
    page = client.get("/tyck/?sida=/oppna-data/bjuv/skadegorelse/").content.decode()

    assert "t@bjuv.example" in page
    assert "2026-11-20" in page
