"""A bad value stops the start with one sentence."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from samlad.config.environment import BadEnvironment, read, secret_key


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT"),
        ("PORT", "0", "PORT"),
        ("PORT", "70000", "PORT"),
        ("DATABASE_URL", "mysql://x/y", "postgresql://"),
        ("DATABASE_URL", "postgresql://host/", "postgresql://"),
        ("DATABASE_URL", "sqlite://", "SQLite"),
        ("DATABASE_URL", "sqlite:////no/such/folder/x.db", "does not exist"),
        ("DATABASE_URL", "postgresql://u:p@host:port/x", "DATABASE_URL"),
        ("SAMLAD_DATA", "", "SAMLAD_DATA"),
        ("SAMLAD_DATA", "/dev/null/x", "SAMLAD_DATA"),
        ("SAMLAD_URL", "samlad.example", "SAMLAD_URL"),
        ("SAMLAD_DEMO", "ja", "SAMLAD_DEMO"),
        ("SAMLAD_WORKERS", "0", "SAMLAD_WORKERS"),
        ("SAMLAD_MAIL_URL", "http://x", "SAMLAD_MAIL_URL"),
        ("SAMLAD_COLOUR", "red", "SAMLAD_COLOUR"),
    ],
)
def test_is_refused_by_name(name, value, said, tmp_path):
    with pytest.raises(BadEnvironment, match=said) as refusal:
        read({"SAMLAD_DATA": str(tmp_path), name: value})

    assert "\n" not in str(refusal.value)


def test_postgresql_is_understood(tmp_path):
    found = read(
        {
            "SAMLAD_DATA": str(tmp_path),
            "DATABASE_URL": "postgresql://anna:hem%20ligt@db.example:5433/samlad",
        }
    ).database

    assert (found["USER"], found["PASSWORD"], found["PORT"]) == ("anna", "hem ligt", 5433)


def test_nothing_set_is_an_embedded_database_in_the_data_folder(tmp_path):
    found = read({"SAMLAD_DATA": str(tmp_path)})

    assert found.database["NAME"] == str(tmp_path / "samlad.sqlite3")
    assert (found.port, found.demo, found.secure) == (8000, False, False)


def test_the_signing_key_is_made_once_and_for_the_owner_only(tmp_path):
    first, second = secret_key(tmp_path), secret_key(tmp_path)

    assert first == second
    assert len(first) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_two_that_start_at_once_have_the_same_key(tmp_path):
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(secret_key, [folder] * 8))
        assert len(keys) == 1
        assert keys.pop()
        assert [one.name for one in folder.iterdir()] == ["secret_key"]
