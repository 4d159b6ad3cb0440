package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Mirrors by a watermark column: what comes, once, in which form, and what has to be waited for. */
class QueryRefreshIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'", "GRANT pg_read_all_data TO plain");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static List<Object> ids(long from, long to) {
        return new ArrayList<>(LongStream.rangeClosed(from, to).boxed().toList());
    }

    @Test
    void copiesInRangesThenReadsWhatIsNewOnce() {
        postgres.execute(
                "CREATE TABLE numbered(id bigserial PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO numbered(name) SELECT 'n' || i FROM generate_series(1, 20000) i",
                "ANALYZE numbered");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "numbered",
                "table",
                "public.numbered",
                "watermark.column",
                "id",
                "rows.per.partition",
                "1000");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config, offsets)) {
            List<SourceRecord> copied = run.take("numbered.public.numbered", 20_000);
            assertThat(QueryMirror.field(copied, "id")).containsExactlyInAnyOrderElementsOf(ids(1, 20_000));
            SourceRecord first = copied.get(0);
            assertThat(((Struct) first.key()).get("id"))
                    .isEqualTo(TaskRun.after(first).get("id"));
            assertThat(TaskRun.op(first)).isEqualTo("r");
            assertThat(QueryMirror.source(first).get("snapshot")).isEqualTo("true");
            assertThat(QueryMirror.source(first).getInt64("lsn")).isPositive();
            postgres.execute("INSERT INTO numbered(name) SELECT 'm' || i FROM generate_series(1, 5000) i");
            run.take("numbered.public.numbered", 25_000);
            postgres.execute("INSERT INTO numbered(name) VALUES ('last')");
            run.take("numbered.public.numbered", 25_001);
            // A run that is cut off before its end is stored brings its last range again.
            run.await("the mark", all -> "25001".equals(QueryMirror.mark(offsets, "numbered", "public.numbered")));
        }
        postgres.execute("INSERT INTO numbered(name) VALUES ('while stopped')");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            List<SourceRecord> more = run.take("numbered.public.numbered", 1);
            postgres.execute("INSERT INTO numbered(name) VALUES ('again')");
            assertThat(QueryMirror.field(run.take("numbered.public.numbered", 2), "id"))
                    .containsExactly(25_002L, 25_003L);
            assertThat(more).hasSize(1);
        }
    }

    @Test
    void aTransactionThatTookItsTimeAndNoXidIsWaitedFor() throws SQLException {
        postgres.execute(
                "CREATE TABLE stamped(id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                "CREATE INDEX ON stamped(at)",
                "INSERT INTO stamped(id) VALUES (0)");
        Map<String, String> config =
                QueryMirror.config(postgres, "stamped", "table", "public.stamped", "watermark.column", "at");
        Map<String, String> boundary = QueryMirror.with(config, other -> {
            other.put("topic.prefix", "bounded");
            other.put("database.user", "plain");
            other.put("database.password", "plain");
            other.put("watermark.boundary", "0");
        });
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets());
                TaskRun bounded = TaskRun.query(boundary, new MemoryOffsets());
                Connection slow = postgres.connect();
                Statement statement = slow.createStatement()) {
            run.take("stamped.public.stamped", 1);
            bounded.take("bounded.public.stamped", 1);
            slow.setAutoCommit(false);
            statement.execute("SELECT now()");
            postgres.execute("INSERT INTO stamped(id) VALUES (1)");
            // The mark behind a boundary goes on, past the time that the open transaction has taken.
            bounded.take("bounded.public.stamped", 2);
            statement.execute("INSERT INTO stamped(id) VALUES (2)");
            slow.commit();
            postgres.execute("INSERT INTO stamped(id) VALUES (3)");
            assertThat(QueryMirror.field(run.take("stamped.public.stamped", 4), "id"))
                    .containsExactlyInAnyOrder(0, 1, 2, 3);
            bounded.await("the row after", all -> QueryMirror.field(bounded.of("bounded.public.stamped"), "id")
                    .contains(3));
            assertThat(QueryMirror.field(bounded.of("bounded.public.stamped"), "id"))
                    .as("what a boundary alone misses")
                    .doesNotContain(2);
        }
    }

    @Test
    void aTransactionThatTookAValueOfASequenceIsWaitedFor() throws SQLException {
        postgres.execute("CREATE TABLE sequenced(id bigserial PRIMARY KEY)", "INSERT INTO sequenced DEFAULT VALUES");
        Map<String, String> config =
                QueryMirror.config(postgres, "sequenced", "table", "public.sequenced", "watermark.column", "id");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets());
                Connection slow = postgres.connect();
                Statement statement = slow.createStatement()) {
            run.take("sequenced.public.sequenced", 1);
            slow.setAutoCommit(false);
            statement.execute("SAVEPOINT one");
            statement.execute("INSERT INTO sequenced DEFAULT VALUES");
            statement.execute("RELEASE SAVEPOINT one");
            postgres.execute("INSERT INTO sequenced DEFAULT VALUES", "INSERT INTO sequenced DEFAULT VALUES");
            slow.commit();
            assertThat(QueryMirror.field(run.take("sequenced.public.sequenced", 4), "id"))
                    .containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void readsAQueryBetweenTypedLiterals() {
        postgres.execute(
                "CREATE TABLE customer(id int PRIMARY KEY, name varchar(20))",
                "CREATE TABLE bought(id uuid PRIMARY KEY, customer int, amount numeric(10,2), on_day date NOT NULL)",
                "INSERT INTO customer VALUES (1, 'it''s {{.end}}'), (2, 'B')",
                "INSERT INTO bought SELECT gen_random_uuid(), 1 + i % 2, i * 1.5, date '2024-01-01' + i / 10"
                        + " FROM generate_series(0, 99) i",
                "INSERT INTO bought VALUES (gen_random_uuid(), 1, 7, current_date + 1)");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "joined",
                "query",
                "SELECT b.id, c.name, b.amount, b.amount * 2 AS twice, b.on_day FROM bought b JOIN customer c ON c.id ="
                        + " b.customer WHERE b.on_day BETWEEN {{.start}} AND {{.end}}; -- all of it",
                "table",
                "public.purchases",
                "watermark.table",
                "public.bought",
                "watermark.column",
                "on_day",
                "watermark.timezone",
                "UTC",
                "rows.per.partition",
                "7",
                "message.key.columns",
                "public.purchases:id");
        assertThat(QueryMirror.errors(QueryMirror.with(
                        config, all -> all.replaceAll((key, value) -> value.replace("; -- all of it", "")))))
                .isEmpty();
        config.replaceAll((key, value) -> value.replace("; -- all of it", " -- all of it"));
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            List<SourceRecord> rows = run.take("joined.public.purchases", 100);
            assertThat(QueryMirror.field(rows, "id")).doesNotHaveDuplicates().hasSize(100);
            SourceRecord first = rows.get(0);
            assertThat(first.keySchema().fields()).hasSize(1);
            Struct row = TaskRun.after(first);
            assertThat(row.schema().field("amount").schema().parameters()).containsEntry("scale", "2");
            assertThat(row.schema().field("name").schema().parameters())
                    .containsEntry("__debezium.source.column.length", "20");
        }
    }

    @Test
    void whatIsWrongIsAnErrorOnItsKey() {
        postgres.execute(
                "CREATE TABLE plainly(id serial, at timestamp, day date, name text)",
                "CREATE VIEW seen AS SELECT * FROM plainly");
        Map<String, String> config =
                QueryMirror.config(postgres, "wrong", "table", "public.plainly", "watermark.column", "id");
        assertThat(QueryMirror.errors(config)).isEmpty();
        assertThat(errors(config, "table", "public.absent")).containsOnlyKeys("table");
        assertThat(errors(config, "table", "plainly")).containsOnlyKeys("table");
        assertThat(errors(config, "watermark.column", "")).containsOnlyKeys("watermark.column");
        assertThat(errors(config, "watermark.column", "name")).containsOnlyKeys("watermark.column");
        assertThat(errors(config, "watermark.column", "none")).containsOnlyKeys("watermark.column");
        assertThat(errors(config, "watermark.column", "at"))
                .containsOnlyKeys("watermark.timezone", "watermark.late.rows");
        assertThat(errors(config, "watermark.column", "xmin")).containsOnlyKeys("watermark.column");
        assertThat(errors(config, "watermark.start", "'; DROP TABLE plainly")).containsOnlyKeys("watermark.start");
        assertThat(errors(config, "row.filter", "nothing = 1")).containsOnlyKeys("row.filter");
        assertThat(errors(config, "mode", "full")).containsOnlyKeys("watermark.column");
        assertThat(errors(config, "query", "SELECT * FROM plainly")).containsOnlyKeys("query");
        assertThat(errors(config, "query", "SELECT * FROM gone WHERE id BETWEEN {{.start}} AND {{.end}}"))
                .containsOnlyKeys("query");
        assertThat(errors(config, "mirrors", "a,b")).containsOnlyKeys("table");
        assertThat(errors(config, "mirrors.c.table", "public.plainly")).containsOnlyKeys("mirrors");
        Map<String, String> poor = QueryMirror.with(config, other -> {
            other.put("database.user", "plain");
            other.put("database.password", "plain");
        });
        assertThat(QueryMirror.errors(poor)).containsOnlyKeys("watermark.boundary");
        Map<String, String> named = QueryMirror.with(config, other -> {
            other.put("mirrors", "a");
            other.put("mirrors.a.watermark.column", "name");
        });
        assertThat(QueryMirror.errors(named)).containsOnlyKeys("mirrors.a.watermark.column");
    }

    private static Map<String, List<String>> errors(Map<String, String> config, String key, String value) {
        return QueryMirror.errors(QueryMirror.with(config, other -> other.put(key, value)));
    }
}
