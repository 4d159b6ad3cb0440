package io.millrace.sink.warehouse.bigquery;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.destination.Views;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.testing.GoldenFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The statements, word by word. */
class StatementsTest {
    private static final String FOLDER = "connect-sink-warehouse/src/test/golden/bigquery/";
    private static final TableId TABLE = TableId.of("shop", "orders");
    private static final TopicPartition PARTITION = new TopicPartition("it's.shop.orders", 3);
    private static final Feed FEED = new Feed(TABLE, PARTITION);
    private static final Mappings MAPPINGS = new Mappings(false);
    private static final Place PLACE = new Place("my-project", "mirror");
    private static final Ledger LEDGER = new Ledger(PLACE, TableId.of("millrace_ledger"), "it's mine");
    private static final Loaded STAGED =
            new Loaded(PLACE.sql("millrace_staging", "millrace_1"), Map.of("id", new Loaded.Range("7", "4711")));

    private static SourceColumn source(String name, SchemaBuilder schema, String tag) {
        return SourceColumn.of(
                name,
                schema.optional()
                        .parameter("__debezium.source.column.type", tag)
                        .build());
    }

    private static Batch.Column column(String name, SchemaBuilder schema, String tag) {
        SourceColumn source = source(name, schema, tag);
        return new Batch.Column(source, MAPPINGS.of(source).encoding());
    }

    private static final List<Batch.Column> COLUMNS = List.of(
            column("id", SchemaBuilder.int32(), "INT4"),
            column("select", SchemaBuilder.string(), "TEXT"),
            column("tags", SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA), "_TEXT"),
            column("at", SchemaBuilder.int64().name("io.debezium.time.MicroTimestamp"), "TIMESTAMP"));

    private static LiveTable live(String... more) {
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        columns.put("id", new LiveColumn("id", "INT64", true));
        columns.put("select", new LiveColumn("select", "STRING", false));
        columns.put("tags", new LiveColumn("tags", "JSON", false));
        columns.put("at", new LiveColumn("at", "DATETIME", false));
        for (int i = 0; i < more.length; i += 2) {
            columns.put(Names.folded(more[i]), new LiveColumn(more[i], more[i + 1], false));
        }
        return new LiveTable(columns, "");
    }

    private static BigQuerySettings settings(Map<TableId, List<String>> partitions, boolean log) {
        return new BigQuerySettings(
                "my-project",
                "mirror",
                "EU",
                "millrace_staging",
                "",
                new Password(""),
                "",
                300_000,
                8,
                5,
                1000,
                partitions,
                "MONTH",
                Map.of(),
                log);
    }

    /** A batch whose rows have these kinds, each in the layout of the same place. */
    private static Batch batch(
            List<String> key, Bookkeeping bookkeeping, List<int[]> layouts, boolean truncate, int... kinds) {
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
        Batch.Counts sums = new Batch.Counts(counts[0], counts[1], counts[2], counts[3], counts[4]);
        return new Batch(TABLE, COLUMNS, key, layouts, bookkeeping, rows, sums, truncate);
    }

    private static void check(String name, List<String> statements) {
        GoldenFile.check(FOLDER + name + ".sql", String.join(";\n\n", statements) + ";\n");
    }

    private static List<String> apply(Batch batch, LiveTable live) {
        List<String> statements = new ArrayList<>(List.of("BEGIN TRANSACTION"));
        statements.addAll(
                LEDGER.advance(TABLE, List.of(new Advance(FEED, 5, 9, 2, new LastRecord(8, 1700, 42, 1_700_000)))));
        statements.addAll(new ApplySql(batch, live, STAGED, PLACE, 0).statements());
        statements.add("COMMIT TRANSACTION");
        return statements;
    }

    @Test
    void wholeRows() {
        check(
                "whole-rows",
                apply(
                        batch(List.of("id"), Bookkeeping.NONE, List.of(new int[] {0, 1, 2, 3}), false, Row.UPSERT),
                        live()));
    }

    @Test
    void everyKindOfRow() {
        Batch soft = batch(
                List.of("id"),
                new Bookkeeping("gone", "gone_at", "synced_at"),
                List.of(new int[] {0, 1, 2, 3}, new int[] {0, 1, 3}, new int[] {0}, new int[] {0, 2}, new int[] {0}),
                true,
                Row.UPSERT,
                Row.UPSERT | Row.DELETED,
                Row.FLAG,
                Row.PATCH,
                Row.DELETE);
        check("every-kind", apply(soft, live("gone", "BOOL", "gone_at", "TIMESTAMP", "synced_at", "TIMESTAMP")));
    }

    @Test
    void appendedRows() {
        List<int[]> layouts = List.of(new int[] {0, 1, 2, 3}, new int[] {0, 3});
        Batch batch = batch(List.of(), Bookkeeping.NONE, layouts, false, Row.UPSERT, Row.UPSERT);
        check("appended-rows", apply(batch, live(BigQuerySettings.ORDER_COLUMN, "NUMERIC")));
    }

    @Test
    void ledger() {
        check(
                "ledger",
                List.of(
                        LEDGER.create(),
                        LEDGER.createPositions(TABLE),
                        LEDGER.claim(Set.of(PARTITION)),
                        LEDGER.owned(Set.of(PARTITION)),
                        LEDGER.positionsOf(List.of(TABLE), Set.of(PARTITION)),
                        LEDGER.begin(Map.of(FEED, 5L)),
                        LEDGER.partitions("it's.shop.orders"),
                        LEDGER.rewind(TABLE, PARTITION, OptionalLong.of(4)),
                        LEDGER.rewind(TABLE, PARTITION, OptionalLong.empty()),
                        LEDGER.forget(PARTITION)));
    }

    @Test
    void operations() {
        OperationsLog log = new OperationsLog(
                PLACE.sql(TableId.of("millrace_ledger_tables")),
                PLACE.sql(TableId.of("millrace_ledger_topics")),
                LEDGER);
        List<String> statements = new ArrayList<>(log.create());
        statements.addAll(List.of(
                log.know(TABLE),
                log.show(TABLE, "parked", "it's broken"),
                log.forgetStates(),
                log.know(Set.of(PARTITION)),
                log.accept(Set.of(PARTITION)),
                log.added(Set.of(PARTITION)),
                log.incomplete(),
                log.forget("it's")));
        statements.addAll(log.resync(TABLE, "it's monday"));
        statements.add(LEDGER.knows(TABLE));
        statements.addAll(LEDGER.restart(TABLE));
        statements.addAll(log.complete(List.of("it's.shop.orders"), 1, 3));
        check("operations", statements);
    }

    private static TableShape shape() {
        return new TableShape(
                TABLE,
                List.of(
                        COLUMNS.get(0).source(),
                        COLUMNS.get(2).source(),
                        COLUMNS.get(3).source(),
                        SourceColumn.of(
                                "it's new",
                                SchemaBuilder.string()
                                        .optional()
                                        .defaultValue("don't know")
                                        .build()),
                        SourceColumn.of("required", Schema.BOOLEAN_SCHEMA)),
                List.of("id"),
                new Bookkeeping("gone", "gone_at", "synced_at"));
    }

    @Test
    void tables() {
        BigQuerySettings partitioned = settings(Map.of(TABLE, List.of("at")), false);
        Map<String, LiveColumn> narrow = new LinkedHashMap<>();
        narrow.put("id", new LiveColumn("id", "INT64", true));
        narrow.put("tags", new LiveColumn("tags", "JSON", true));
        narrow.put("at", new LiveColumn("at", "DATETIME", false));
        narrow.put("required", new LiveColumn("required", "BOOL", true));
        List<String> statements = new ArrayList<>();
        statements.add(Datasets.create(partitioned, "shop"));
        statements.add(Datasets.createStaging(partitioned));
        statements.addAll(new TablePlan(shape(), MAPPINGS, partitioned).create().ddl());
        statements.addAll(new TablePlan(shape(), MAPPINGS, partitioned)
                .alter(new LiveTable(narrow, ""), EvolutionPolicy.ADD_AND_WIDEN)
                .ddl());
        check("tables", statements);
    }

    @Test
    void logAndView() {
        LiveTable log = live(
                "__op", "STRING", "__lsn", "INT64", "__unchanged", "JSON", BigQuerySettings.ORDER_COLUMN, "NUMERIC");
        Views.LogView view = new Views.LogView(
                TABLE, TableId.of("shop", "orders_log"), List.of("id"), "__op", "__unchanged", List.of("__lsn"));
        check("log-view", List.of(LogViewSql.create(log, view, PLACE)));
    }

    @Test
    void overwrite() {
        CopyLog log = new CopyLog(
                PLACE.sql(TableId.of("millrace_ledger_generations")),
                PLACE.sql(TableId.of("millrace_ledger_generation_offsets")),
                LEDGER.id(),
                Sql.WORDS);
        Generation generation = Generation.of(TABLE, "g1");
        Manifest end =
                new Manifest(Manifest.Kind.END, "g1", 2, "shop", "orders", PARTITION.topic(), Map.of(PARTITION, 7L), 5);
        String target = PLACE.sql(TABLE);
        String staging = PLACE.sql(generation.staging());
        List<String> statements = new ArrayList<>(log.create());
        statements.addAll(log.tell(generation, end));
        statements.addAll(List.of(log.state(generation), log.due(), log.told(generation), LEDGER.nextOf(TABLE)));
        statements.add(log.done(generation));
        statements.add(log.giveUp(generation));
        statements.addAll(new ReplaceSql(
                        target,
                        live("synced", "TIMESTAMP"),
                        staging,
                        live("synced", "TIMESTAMP"),
                        Set.of("id"),
                        "synced")
                .statements());
        statements.addAll(new ReplaceSql(target, live(), staging, live(), Set.of(), null).statements());
        statements.addAll(List.of(log.forgetOffsets(generation), log.cleared(generation)));
        check("overwrite", statements);
    }
}
