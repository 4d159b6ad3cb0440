package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.TableIndex;
import io.millrace.core.TableIndex.Column;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** The indexes of the source's tables on those that the sink makes. */
class IndexesIT {
    private static final String INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = '%s' ORDER BY indexname";

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private static Column column(String name) {
        return new Column(name, false, false, "");
    }

    private static TableIndex plain(String name, String method, String... columns) {
        return new TableIndex(
                name,
                method,
                false,
                Arrays.stream(columns).map(IndexesIT::column).toList(),
                List.of());
    }

    private static SourceTable table(String name) {
        return SourceTable.of("public", name)
                .key("id", Schema.INT32_SCHEMA)
                .column("a", Schema.OPTIONAL_INT32_SCHEMA)
                .column("it's \"b\"", SourceTable.tagged(SchemaBuilder.string().optional(), "TEXT", -1, -1))
                .column(
                        "j",
                        SourceTable.tagged(
                                SchemaBuilder.string()
                                        .name("io.debezium.data.Json")
                                        .optional(),
                                "JSONB",
                                -1,
                                -1))
                .column("r", SourceTable.tagged(SchemaBuilder.string().optional(), "INT4RANGE", -1, -1));
    }

    private static Object[] row(int id) {
        return new Object[] {id, 7, "x", "{}", "[1,2)"};
    }

    private void run(String... config) {
        target.task(log, config).drain().close();
    }

    private List<String> made(String table) {
        return target.rows(INDEXES.formatted(table)).stream()
                .map(text -> text.replaceFirst("^CREATE (UNIQUE )?INDEX .* ON public\\.\\S+ USING ", "$1"))
                .sorted()
                .toList();
    }

    @Test
    void kindsOfIndexes() {
        String b = "it's \"b\"";
        SourceTable table = table("t")
                .indexes(
                        plain("key_again", "btree", "id"),
                        new TableIndex(
                                "orders",
                                "btree",
                                true,
                                List.of(
                                        new Column("a", true, true, ""),
                                        new Column(b, true, false, "text_pattern_ops"),
                                        new Column("id", false, true, "")),
                                List.of("j")),
                        plain("hashed", "hash", b),
                        new TableIndex(
                                "docs",
                                "gin",
                                false,
                                List.of(new Column("j", false, false, "jsonb_path_ops")),
                                List.of()),
                        plain("ranges", "gist", "r"),
                        plain("blocks", "brin", "a", "id"));
        log.insert(table, row(1));
        log.insert(table, row(2));
        run("auto.create.indexes", "true");
        assertThat(made("t"))
                .containsExactlyInAnyOrder(
                        "UNIQUE btree (id)",
                        "btree (a DESC, \"it's \"\"b\"\"\" text_pattern_ops DESC NULLS LAST, id NULLS FIRST) INCLUDE (j)",
                        "hash (\"it's \"\"b\"\"\")",
                        "gin (j jsonb_path_ops)",
                        "gist (r)",
                        "brin (a, id)");
        // Both rows have the values that were unique in the source, as may be between two changes.
        assertThat(target.rows("SELECT count(*) FROM t")).containsExactly("2");
    }

    @Test
    void whatCannotBeMadeDoesNotStopTheRest() {
        SourceTable table = table("u")
                .indexes(
                        plain("absent", "btree", "left_out"),
                        new TableIndex(
                                "trigrams",
                                "gin",
                                false,
                                List.of(new Column("it's \"b\"", false, false, "gin_trgm_ops")),
                                List.of()),
                        plain("injected", "btree (id); DROP TABLE u; --", "a"),
                        plain("good", "btree", "a"));
        log.insert(table, row(1));
        run("auto.create.indexes", "true");
        assertThat(made("u")).containsExactlyInAnyOrder("UNIQUE btree (id)", "btree (a)");
        assertThat(target.rows("SELECT id FROM u")).containsExactly("1");
    }

    @Test
    void tablesThatAreThereAndSinksThatDoNotAskGetNone() {
        target.execute(
                "CREATE TABLE there (id int4 PRIMARY KEY, a int4, \"it's \"\"b\"\"\" text, j jsonb, r int4range)");
        TableIndex index = plain("good", "btree", "a");
        log.insert(table("there").indexes(index), row(1));
        run("auto.create.indexes", "true");
        log.insert(table("unasked").indexes(index), row(1));
        run();
        assertThat(made("there")).containsExactly("UNIQUE btree (id)");
        assertThat(made("unasked")).containsExactly("UNIQUE btree (id)");
    }

    @Test
    void longNamesAndManyAlike() {
        String name = "n".repeat(63);
        TableIndex index = plain("i".repeat(63), "btree", "a");
        log.insert(table(name).indexes(index, plain("other", "btree", "a")), row(1));
        run("auto.create.indexes", "true");
        assertThat(made(name)).containsExactlyInAnyOrder("UNIQUE btree (id)", "btree (a)", "btree (a)");
    }

    @Test
    void aTableWhoseFirstChangeIsADeleteHasThem() {
        SourceTable table = table("d").indexes(plain("good", "btree", "a"));
        log.delete(table, row(1));
        run("auto.create.indexes", "true");
        assertThat(made("d")).contains("btree (a)");
    }

    @Test
    void aDryRunOnlyLists() {
        SourceTable table = table("dry").indexes(plain("good", "btree", "a"));
        log.insert(table, row(1));
        run("auto.create.indexes", "true", "dry.run", "true");
        assertThat(target.rows("SELECT to_regclass('dry')")).containsExactly("null");
    }
}
