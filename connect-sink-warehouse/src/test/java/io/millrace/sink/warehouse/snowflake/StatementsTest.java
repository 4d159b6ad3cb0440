package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.snowflake.encode.Mappings;
import io.millrace.testing.GoldenFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The statements, word by word. */
class StatementsTest {
    private static final String FOLDER = "connect-sink-warehouse/src/test/golden/snowflake/";
    private static final TableId TABLE = TableId.of("shop", "orders");
    private static final TopicPartition PARTITION = new TopicPartition("it's.shop.orders", 3);
    private static final Feed FEED = new Feed(TABLE, PARTITION);
    private static final Mappings MAPPINGS = new Mappings(false);
    private static final Place PLACE = new Place("warehouse", "mirror", true);
    private static final Ledger LEDGER = Ledger.of(PLACE, TableId.of("millrace_ledger"), "it's mine");
    private static final String STAGED = PLACE.inSchema("MIRROR", "MILLRACE_STAGE_0");

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
            column("at", SchemaBuilder.int64().name("io.debezium.time.MicroTimestamp"), "TIMESTAMP"),
            column("raw", SchemaBuilder.bytes(), "BYTEA"),
            column("day", SchemaBuilder.int32().name("io.debezium.time.Date"), "DATE"),
            column("size", SchemaBuilder.float64(), "FLOAT8"));

    private static final int[] ALL = {0, 1, 2, 3, 4, 5, 6};

    private static LiveTable live(String... more) {
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        String[] own = {
            "ID",
            "NUMBER(10,0)",
            "SELECT",
            "VARCHAR",
            "TAGS",
            "ARRAY",
            "AT",
            "TIMESTAMP_NTZ(9)",
            "RAW",
            "BINARY",
            "DAY",
            "DATE",
            "SIZE",
            "FLOAT"
        };
        for (int i = 0; i < own.length; i += 2) {
            columns.put(own[i], new LiveColumn(own[i], own[i + 1], i == 0));
        }
        for (int i = 0; i < more.length; i += 2) {
            columns.put(more[i], new LiveColumn(more[i], more[i + 1], false));
        }
        return new LiveTable(columns);
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
        List<Staging.Column> columns = Staging.columns(batch);
        ApplySql sql = new ApplySql(batch, live, STAGED, PLACE);
        List<String> statements = new ArrayList<>(List.of(
                FileLoader.put("/tmp/rows.avro", "@~/millrace/sink/"),
                FileLoader.copy(STAGED, columns, "@~/millrace/sink/", "rows.avro"),
                BindLoader.insert(STAGED, columns),
                "BEGIN",
                LEDGER.advance(List.of(new Advance(FEED, 5, 9, 2, new LastRecord(8, 1700, 42, 1_700_000))))));
        Stream.of(sql.truncate(), sql.absent(), sql.append(), sql.merge())
                .filter(Objects::nonNull)
                .forEach(statements::add);
        statements.add("COMMIT");
        return statements;
    }

    @Test
    void wholeRows() {
        check("whole-rows", apply(batch(List.of("id"), Bookkeeping.NONE, List.of(ALL), false, Row.UPSERT), live()));
    }

    @Test
    void everyKindOfRow() {
        Batch soft = batch(
                List.of("id"),
                new Bookkeeping("gone", "gone_at", "synced_at"),
                List.of(ALL, new int[] {0, 1, 3}, new int[] {0}, new int[] {0, 2}, new int[] {0}),
                true,
                Row.UPSERT,
                Row.UPSERT | Row.DELETED,
                Row.FLAG,
                Row.PATCH,
                Row.DELETE);
        check(
                "every-kind",
                apply(soft, live("GONE", "BOOLEAN", "GONE_AT", "TIMESTAMP_TZ(6)", "SYNCED_AT", "TIMESTAMP_TZ(6)")));
    }

    @Test
    void appendedRows() {
        Batch batch = batch(List.of(), Bookkeeping.NONE, List.of(ALL, new int[] {0, 3}), false, Row.UPSERT, Row.UPSERT);
        check("appended-rows", apply(batch, live("_MILLRACE_ORDER", "NUMBER(38,0)")));
    }

    @Test
    void ledger() {
        List<String> statements = new ArrayList<>(LEDGER.create());
        statements.addAll(List.of(
                LEDGER.claim(Set.of(PARTITION)),
                LEDGER.claims(Set.of(PARTITION)),
                LEDGER.guard(),
                LEDGER.begin(Map.of(FEED, 5L)),
                LEDGER.claimFeeds(Set.of(FEED)),
                LEDGER.claimsOfFeeds(Set.of(FEED)),
                LEDGER.partitions("it's.shop.orders"),
                LEDGER.rewind(PARTITION, OptionalLong.of(4)),
                LEDGER.rewind(PARTITION, OptionalLong.empty()),
                LEDGER.forget(PARTITION)));
        check("ledger", statements);
    }

    @Test
    void operations() {
        OperationsLog log =
                new OperationsLog(PLACE.sql(TableId.of("l_tables")), PLACE.sql(TableId.of("l_topics")), LEDGER);
        List<String> statements = new ArrayList<>(log.create().subList(2, 4));
        statements.addAll(List.of(
                log.know(TABLE),
                log.resync(TABLE, "again"),
                log.restart(TABLE),
                log.known(TABLE),
                log.show(TABLE, "parked", "it's broken"),
                log.forgetStates(),
                log.know(Set.of(PARTITION)),
                log.accept(Set.of(PARTITION)),
                log.added(Set.of(PARTITION)),
                log.incomplete()));
        statements.addAll(log.complete(Set.of("it's.shop.orders"), 0, 2));
        statements.add(log.forget("it's.shop.orders"));
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
                                        .defaultValue("don't know\\")
                                        .build()),
                        SourceColumn.of(
                                "document",
                                SchemaBuilder.string()
                                        .name("io.debezium.data.Json")
                                        .optional()
                                        .defaultValue("{\"a\": 1}")
                                        .build()),
                        SourceColumn.of("required", Schema.BOOLEAN_SCHEMA)),
                List.of("id"),
                new Bookkeeping("gone", "gone_at", "synced_at"));
    }

    @Test
    void tables() {
        Map<String, LiveColumn> narrow = new LinkedHashMap<>();
        narrow.put("ID", new LiveColumn("ID", "NUMBER(5,0)", true));
        narrow.put("TAGS", new LiveColumn("TAGS", "VARIANT", true));
        narrow.put("AT", new LiveColumn("AT", "TIMESTAMP_NTZ(9)", false));
        narrow.put("REQUIRED", new LiveColumn("REQUIRED", "BOOLEAN", true));
        List<String> statements = new ArrayList<>();
        statements.add(Login.parameters(settings()));
        statements.add(PLACE.createSchema(PLACE.schema(TABLE)));
        statements.addAll(new TablePlan(shape(), MAPPINGS, PLACE, true).create().ddl());
        statements.addAll(new TablePlan(shape(), MAPPINGS, PLACE, false)
                .alter(new LiveTable(narrow), EvolutionPolicy.ADD_AND_WIDEN)
                .ddl());
        check("tables", statements);
    }

    private static SnowflakeSettings settings() {
        return new SnowflakeSettings(
                "https://myorg-mine.snowflakecomputing.com/",
                "millrace",
                new Password("secret"),
                null,
                "mirror_role",
                "",
                PLACE,
                true,
                "@~/millrace/sink/",
                60_500,
                "it's millrace",
                3,
                1000,
                false);
    }

    @Test
    void logAndView() {
        LiveTable log = live(
                "__OP", "VARCHAR", "__LSN", "NUMBER(19,0)", "__UNCHANGED", "ARRAY", "_MILLRACE_ORDER", "NUMBER(38,0)");
        Views.LogView view = new Views.LogView(
                TABLE, TableId.of("shop", "orders_log"), List.of("id"), "__op", "__unchanged", List.of("__lsn"));
        check("log-view", List.of(LogViewSql.create(log, view, PLACE)));
    }

    @Test
    void overwrite() {
        CopyLog log = new CopyLog(
                PLACE.sql(TableId.of("l_generations")), PLACE.sql(TableId.of("l_offsets")), LEDGER.id(), Sql.WORDS);
        Generation generation = Generation.of(TABLE, "g1");
        Manifest end =
                new Manifest(Manifest.Kind.END, "g1", 2, "shop", "orders", PARTITION.topic(), Map.of(PARTITION, 7L), 5);
        String target = PLACE.sql(TABLE);
        String staging = PLACE.sql(generation.staging());
        List<String> statements = new ArrayList<>(log.create());
        statements.addAll(log.tell(generation, end));
        statements.addAll(List.of(log.state(generation), log.due(), log.done(generation), log.told(generation)));
        statements.add(LEDGER.nextOf(TABLE));
        LiveTable synced = live("SYNCED", "TIMESTAMP_TZ(6)", "WEIRD T.", "VARCHAR");
        statements.addAll(
                new ReplaceSql(target, synced, staging, synced, Set.of("ID", "WEIRD T."), "SYNCED").statements());
        statements.addAll(new ReplaceSql(target, live(), staging, live(), Set.of(), null).statements());
        statements.addAll(List.of(log.giveUp(generation), log.forgetOffsets(generation), log.cleared(generation)));
        check("overwrite", statements);
    }

    @Test
    void namesKeepTheirCaseWhereAsked() {
        Place kept = new Place("warehouse", "mirror", false);
        assertThat(kept.sql(TableId.of("Shop", "we\"ird"))).isEqualTo("\"warehouse\".\"Shop\".\"we\"\"ird\"");
        assertThat(PLACE.sql(TableId.of("größe"))).isEqualTo("\"WAREHOUSE\".\"MIRROR\".\"GRößE\"");
    }

    @Test
    void theDriverIsToldWhatIsSet() {
        assertThat(settings().jdbcUrl()).isEqualTo("jdbc:snowflake://myorg-mine.snowflakecomputing.com/");
        assertThat(settings().properties())
                .containsEntry("role", "mirror_role")
                .containsEntry("db", "WAREHOUSE")
                .doesNotContainKeys("warehouse", "ssl", "account");
        assertThat(settings().toString()).doesNotContain("secret");
    }
}
