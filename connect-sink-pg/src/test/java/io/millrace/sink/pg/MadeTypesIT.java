package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** Types that the target lacks: made where the role may, else text. */
class MadeTypesIT {
    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private static Schema mood(String labels) {
        return SourceTable.tagged(
                SchemaBuilder.string()
                        .name("io.debezium.data.Enum")
                        .parameter("allowed", labels)
                        .optional(),
                "MOOD",
                -1,
                -1);
    }

    private static SourceTable table(String labels) {
        SchemaBuilder text = SchemaBuilder.string().optional();
        return SourceTable.of("public", "t")
                .key("id", Schema.INT32_SCHEMA)
                .column("c", SourceTable.tagged(text, "CITEXT", -1, -1))
                .column("l", SourceTable.tagged(SchemaBuilder.string().optional(), "LTREE", -1, -1))
                .column(
                        "h",
                        SourceTable.tagged(
                                SchemaBuilder.string()
                                        .name("io.debezium.data.Json")
                                        .optional(),
                                "HSTORE",
                                -1,
                                -1))
                .column("m", mood(labels))
                .column(
                        "ms",
                        SourceTable.tagged(SchemaBuilder.array(mood(labels)).optional(), "_MOOD", -1, -1));
    }

    private void run(String... config) {
        target.task(log, config).drain().close();
    }

    private static Object[] row(int id, String mood) {
        return new Object[] {id, "Ann", "a.b", "{\"k\":\"v\"}", mood, java.util.List.of(mood)};
    }

    @Test
    void extensionsAndEnumsAreMade() {
        log.insert(table("sad,it's ok"), row(1, "it's ok"));
        run();
        assertThat(target.describe("t"))
                .containsExactly(
                        "id|integer|t",
                        "c|citext|f",
                        "l|ltree|f",
                        "h|hstore|f",
                        "m|mood|f",
                        "ms|mood[]|f",
                        "PRIMARY KEY (id)");
        assertThat(target.rows("SELECT c = 'ANN', l <@ 'a', h -> 'k', m, ms FROM t"))
                .containsExactly("t|t|v|it's ok|{\"it's ok\"}");
        assertThat(target.rows("SELECT string_agg(e::text, ',') FROM unnest(enum_range(NULL::mood)) e"))
                .containsExactly("sad,it's ok");
    }

    @Test
    void labelsThatAreAddedLaterAreAddedInTheirPlaces() {
        log.insert(table("b,d"), row(1, "b"));
        run();
        // Both versions in one flush.
        log.insert(table("b,d"), row(2, "d")).insert(table("a,b,c,d,e"), row(3, "c"));
        log.insert(table("b,d"), row(4, "b"));
        run();
        assertThat(target.rows("SELECT id, m FROM t ORDER BY id")).containsExactly("1|b", "2|d", "3|c", "4|b");
        assertThat(target.rows("SELECT string_agg(e::text, ',') FROM unnest(enum_range(NULL::mood)) e"))
                .containsExactly("a,b,c,d,e");
        log.insert(table("a,b,c,d,e,f"), row(5, "f"));
        TaskDriver failing = target.task(log, "schema.evolution", "fail");
        assertThatThrownBy(failing::drain).hasMessageContaining("\"m\"").hasMessageContaining("mood");
        failing.kill();
    }

    @Test
    void whatTheRoleMayNotMakeBecomesText() {
        target.execute(
                "DROP ROLE IF EXISTS maker",
                "CREATE ROLE maker LOGIN PASSWORD 'x'",
                "CREATE SCHEMA own AUTHORIZATION maker",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        log.insert(table("sad,ok"), row(1, "ok"));
        run(
                "connection.username",
                "maker",
                "connection.password",
                "x",
                "table.name.format",
                "own.t",
                "ledger.table",
                "own.ledger",
                "freshness.view",
                "");
        assertThat(target.describe("own.t")).contains("c|text|f", "l|text|f", "h|json|f", "m|text|f", "ms|text[]|f");
        assertThat(target.rows("SELECT m, ms FROM own.t")).containsExactly("ok|{ok}");
    }

    @Test
    void nothingIsMadeWhenThatIsNotWanted() {
        log.insert(table("sad,ok"), row(1, "ok"));
        run("auto.create.types", "false");
        assertThat(target.describe("t")).contains("c|text|f", "m|text|f");
        assertThat(target.rows("SELECT extname FROM pg_extension WHERE extname = 'citext'"))
                .isEmpty();
    }

    @Test
    void aDryRunMakesNothing() {
        log.insert(table("sad,ok"), row(1, "ok"));
        run("dry.run", "true");
        assertThat(target.rows("SELECT to_regclass('t'), to_regtype('mood'), to_regtype('citext')"))
                .containsExactly("null|null|null");
    }
}
