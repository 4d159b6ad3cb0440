package io.millrace.quickstart.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.Relation;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProofIT {
    private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY, \"select\" text, n numeric, a int[])";

    @Test
    void equalRowsInAnyOrderAreEqualAndAnythingElseIsNot() {
        try (PostgresServer server = PostgresServer.start()) {
            for (String database : List.of("one", "two")) {
                server.createDatabase(database);
                server.executeIn(
                        database,
                        TABLE,
                        "CREATE TABLE only_count (id int)",
                        "CREATE TABLE only_value (id int, v text)",
                        "CREATE TABLE none (id int)");
            }
            server.executeIn(
                    "one",
                    "INSERT INTO t VALUES (1, 'x', 1.50, '{1,NULL}'), (2, NULL, NULL, NULL)",
                    "INSERT INTO only_count VALUES (1), (1)",
                    "INSERT INTO only_value VALUES (1, NULL)");
            server.executeIn(
                    "two",
                    "ALTER TABLE t ADD COLUMN synced_at timestamptz DEFAULT now()",
                    "INSERT INTO t VALUES (2, NULL, NULL, NULL), (1, 'x', 1.5, '{1,NULL}')",
                    "INSERT INTO only_count VALUES (1)",
                    "INSERT INTO only_value VALUES (1, '')",
                    "DROP TABLE none");

            List<Proof.Result> results = new Proof(address(server, "one"), address(server, "two"))
                    .compare(List.of(table("t"), table("only_count"), table("only_value"), table("none")));

            assertThat(results).extracting(Proof.Result::equal).containsExactly(true, false, false, false);
            assertThat(results.get(1).text(10)).contains("ROWS DIFFER");
            assertThat(results.get(2).text(10)).contains("CHECKSUMS DIFFER");
            assertThat(results.get(3).text(10)).contains("does not exist");
        }
    }

    private static Relation table(String name) {
        return new Relation("public", name);
    }

    private static DatabaseAddress address(PostgresServer server, String database) {
        return new DatabaseAddress(server.host(), server.port(), database, server.user(), server.password(), Map.of());
    }
}
