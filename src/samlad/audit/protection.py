"""The triggers that refuse to change or remove a link, on both engines."""

PUT = {
    "sqlite": [
        """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_auditevent
           BEGIN SELECT RAISE(ABORT, 'the audit record cannot be changed'); END""",
        """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditevent
           BEGIN SELECT RAISE(ABORT, 'the audit record cannot be removed'); END""",
        """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit_auditevent
           WHEN EXISTS (SELECT 1 FROM audit_auditevent
                        WHERE sequence = NEW.sequence OR hash = NEW.hash)
           BEGIN SELECT RAISE(ABORT, 'the audit record cannot be changed'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'the audit record cannot be changed or removed'; END $$""",
        """CREATE TRIGGER audit_no_update BEFORE UPDATE OR DELETE ON audit_auditevent
           FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditevent
           FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ],
}
LIFT = {
    "sqlite": [
        "DROP TRIGGER audit_no_update",
        "DROP TRIGGER audit_no_delete",
        "DROP TRIGGER audit_no_replace",
    ],
    "postgresql": [
        "DROP TRIGGER audit_no_update ON audit_auditevent",
        "DROP TRIGGER audit_no_truncate ON audit_auditevent",
    ],
}


def put_back(connection):
    """Make the database refuse."""
    with connection.cursor() as cursor:
        for statement in PUT[connection.vendor]:
            cursor.execute(statement)


def lift(connection):
    """Let the database forget: between tests, never in the product."""
    with connection.cursor() as cursor:
        for statement in LIFT[connection.vendor]:
            cursor.execute(statement)
