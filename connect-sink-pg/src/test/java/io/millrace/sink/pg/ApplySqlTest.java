package io.millrace.sink.pg;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.pg.encode.Encodings;
import io.millrace.sink.sql.Step;
import io.millrace.testing.GoldenFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The statements, word by word. */
class ApplySqlTest {
    private static final String FOLDER = "connect-sink-pg/src/test/golden/";
    private static final TableId TABLE = TableId.of("public", "Order's");

    private static Batch.Column column(String name, SchemaBuilder schema, String tag) {
        SourceColumn source = SourceColumn.of(
                name,
                schema.optional()
                        .parameter("__debezium.source.column.type", tag)
                        .build());
        return new Batch.Column(source, Encodings.of(source));
    }

    private static final List<Batch.Column> COLUMNS = List.of(
            column("id", SchemaBuilder.int32(), "INT4"),
            column("select", SchemaBuilder.string(), "TEXT"),
            column("mood", SchemaBuilder.string().name("io.debezium.data.Enum"), "MOOD"));

    private static LiveTable live() {
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        columns.put("id", new LiveColumn("id", "bigint", "bigint", "int8", -1, false, true, false, false));
        columns.put(
                "select",
                new LiveColumn(
                        "select",
                        "character varying(9)",
                        "character varying",
                        "varchar",
                        13,
                        false,
                        false,
                        false,
                        false));
        columns.put("mood", new LiveColumn("mood", "mood", "mood", "mood", -1, true, false, false, false));
        return new LiveTable(columns, List.of(Set.of("id")), List.of());
    }

    /** A batch whose rows have these kinds, each in the layout of the same place. */
    private static Batch batch(List<String> key, Bookkeeping bookkeeping, List<int[]> layouts, int... kinds) {
        int[] counts = new int[5];
        for (int kind : kinds) {
            counts[0] += (kind & Row.UPSERT) != 0 ? 1 : 0;
            counts[1] += (kind & Row.PATCH) != 0 ? 1 : 0;
            counts[2] += (kind & Row.MAY_BE_ABSENT) != 0 ? 1 : 0;
            counts[3] += (kind & Row.DELETE) != 0 ? 1 : 0;
            counts[4] += (kind & Row.FLAG) != 0 ? 1 : 0;
        }
        Batch.Rows rows = new Batch.Rows() {
            @Override
            public int count() {
                return kinds.length;
            }

            @Override
            public @Nullable TopicPartition partition() {
                return null;
            }

            @Override
            public long offset(int ordinal) {
                return ordinal;
            }

            @Override
            public void forEach(Batch.Visitor visitor) throws java.io.IOException {
                for (int i = 0; i < kinds.length; i++) {
                    visitor.row(kinds[i], Math.min(i, layouts.size() - 1), new byte[0], 0, 0, 0);
                }
            }
        };
        return new Batch(
                TABLE,
                COLUMNS,
                key,
                layouts,
                bookkeeping,
                rows,
                new Batch.Counts(counts[0], counts[1], counts[2], counts[3], counts[4]),
                false);
    }

    private static String sql(Batch batch) {
        return new ApplySql(batch, live(), "pg_temp.s")
                .steps().stream().map(Step::sql).collect(Collectors.joining(";\n", "", ";\n"));
    }

    @Test
    void wholeRows() {
        GoldenFile.check(
                FOLDER + "whole-rows.sql",
                sql(batch(List.of("id"), Bookkeeping.NONE, List.of(new int[] {0, 1, 2}), Row.UPSERT)));
    }

    @Test
    void everyKindOfRow() {
        Batch batch = batch(
                List.of("id"),
                new Bookkeeping("gone", "gone_at", "synced_at"),
                List.of(new int[] {0, 1, 2}, new int[] {0, 1}, new int[] {0}, new int[] {0, 2}, new int[] {0}),
                Row.UPSERT,
                Row.UPSERT | Row.DELETED,
                Row.FLAG,
                Row.PATCH,
                Row.DELETE);
        GoldenFile.check(FOLDER + "every-kind.sql", sql(batch));
    }

    @Test
    void appendedRows() {
        GoldenFile.check(
                FOLDER + "appended-rows.sql",
                sql(batch(List.of(), Bookkeeping.NONE, List.of(new int[] {0, 1, 2}), Row.UPSERT)));
    }

    @Test
    void ledger() {
        Ledger ledger = new Ledger("\"millrace_ledger\"", "it's mine");
        TopicPartition partition = new TopicPartition("p.public.Order's", 3);
        Feed feed = new Feed(TABLE, partition);
        List<Advance> advances = List.of(new Advance(feed, 5, 9, 2, new LastRecord(8, 1700, 42)));
        String text = String.join(
                ";\n\n",
                ledger.create(),
                ledger.claim(Set.of(partition)),
                ledger.begin(Map.of(feed, 5L)),
                ledger.fence(advances),
                ledger.advance(advances),
                ledger.terminateOwners(Set.of(partition)),
                ledger.rewind(partition, OptionalLong.of(4)),
                ledger.rewind(partition, OptionalLong.empty()));
        GoldenFile.check(FOLDER + "ledger.sql", text + ";\n");
    }

    @Test
    void createTable() {
        var shape = new io.millrace.sink.destination.TableShape(
                TABLE,
                List.of(
                        COLUMNS.get(0).source(),
                        COLUMNS.get(1).source(),
                        SourceColumn.of("required", Schema.BOOLEAN_SCHEMA)),
                List.of("id"),
                new Bookkeeping("gone", "gone_at", "synced_at"));
        GoldenFile.check(
                FOLDER + "create-table.sql",
                String.join(
                                ";\n",
                                TablePlan.create(shape, column -> column.describe())
                                        .ddl()) + ";\n");
    }
}
