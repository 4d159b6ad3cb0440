package io.millrace.sink.warehouse.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.destination.Views;
import io.millrace.sink.sql.TopicNotes;
import io.millrace.sink.warehouse.clickhouse.encode.Mappings;
import io.millrace.testing.GoldenFile;
import io.millrace.testing.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every shape of statement, as text that is kept in the repository. */
class StatementsTest {
    private static final String FOLDER = "connect-sink-warehouse/src/test/golden/clickhouse/";
    private static final TableId TABLE = TableId.of("shop", "Order's");
    private static final Mappings TYPES = new Mappings(false);
    private static final ClickHouseSettings SETTINGS = ServerTest.settings("http://127.0.0.1:1", false, 0);
    private static final Bookkeeping ALL = new Bookkeeping("gone", "gone_at", "synced_at");

    private static final List<SourceColumn> COLUMNS = List.of(
            SourceColumn.of("id", Schema.INT32_SCHEMA),
            SourceColumn.of("select", Schema.OPTIONAL_STRING_SCHEMA),
            SourceColumn.of("wide`", Schema.OPTIONAL_INT32_SCHEMA));

    static LiveTable live(boolean keyed, String... more) {
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        columns.put("id", new LiveColumn("id", "Int32", "", keyed));
        columns.put("select", new LiveColumn("select", "Nullable(String)", "", false));
        columns.put("wide`", new LiveColumn("wide`", "Nullable(Int64)", "", false));
        for (int i = 0; i < more.length; i += 2) {
            columns.put(more[i], new LiveColumn(more[i], more[i + 1], "", false));
        }
        columns.put("__version", new LiveColumn("__version", "UInt64", "", !keyed));
        if (keyed) {
            columns.put("__is_deleted", new LiveColumn("__is_deleted", "UInt8", "", false));
        }
        return new LiveTable(
                TABLE,
                keyed ? "ReplacingMergeTree" : "MergeTree",
                keyed
                        ? "ReplacingMergeTree(__version, __is_deleted) ORDER BY id SETTINGS index_granularity = 8192"
                        : "MergeTree ORDER BY __version",
                "",
                keyed ? 0 : 1000,
                columns);
    }

    /** A batch whose rows have these kinds, each in the layout of the same place. */
    static Batch batch(List<String> key, Bookkeeping bookkeeping, boolean truncate, List<int[]> layouts, int... kinds) {
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
                return new TopicPartition("t", 0);
            }

            @Override
            public long offset(int ordinal) {
                return ordinal;
            }

            @Override
            public void forEach(Batch.Visitor visitor) throws IOException {
                for (int i = 0; i < kinds.length; i++) {
                    visitor.row(kinds[i], Math.min(i, layouts.size() - 1), new byte[0], 0, 0, 0);
                }
            }
        };
        List<Batch.Column> columns = COLUMNS.stream()
                .map(column -> new Batch.Column(column, TYPES.of(column).encoding()))
                .toList();
        return new Batch(
                TABLE,
                columns,
                key,
                layouts,
                bookkeeping,
                rows,
                new Batch.Counts(counts[0], counts[1], counts[2], counts[3], counts[4]),
                truncate);
    }

    private static void check(String file, List<String> statements) {
        GoldenFile.check(FOLDER + file, String.join(";\n\n", statements) + ";\n");
    }

    private static TableShape shape(List<String> key, Bookkeeping bookkeeping, SourceColumn... more) {
        List<SourceColumn> columns = new ArrayList<>(COLUMNS);
        columns.addAll(List.of(more));
        return new TableShape(TABLE, columns, key, bookkeeping);
    }

    private static TablePlan plan(TableShape wanted) {
        return new TablePlan(wanted, SETTINGS, TYPES);
    }

    @Test
    void tables() {
        List<String> statements = new ArrayList<>();
        statements.addAll(plan(shape(List.of("id"), ALL)).create().ddl());
        statements.addAll(plan(shape(List.of(), Bookkeeping.NONE)).create().ddl());
        SourceColumn added = SourceColumn.of(
                "added", SchemaBuilder.string().optional().defaultValue("it's").build());
        SourceColumn widened = SourceColumn.of("n", Schema.OPTIONAL_INT64_SCHEMA);
        statements.addAll(plan(shape(List.of("id"), ALL, added, widened))
                .alter(live(true, "n", "Int32"), EvolutionPolicy.ADD_AND_WIDEN)
                .ddl());
        LiveTable forgets = new LiveTable(
                TABLE, "MergeTree", "MergeTree ORDER BY id", "", 0, live(true).columns());
        statements.addAll(plan(shape(List.of(), Bookkeeping.NONE))
                .alter(forgets, EvolutionPolicy.ADD)
                .ddl());
        statements.add(ViewSql.current(TableId.of("shop", "Order's_current"), live(true), SETTINGS));
        check("tables.sql", statements);
    }

    /** In tables that were there before the sink. */
    @Test
    void theSinksOwnColumnsHaveToBeOfItsTypes() {
        TableShape wanted = shape(List.of("id"), ALL);
        LiveTable strict =
                live(true, "gone", "Nullable(Bool)", "gone_at", "DateTime64(6)", "synced_at", "DateTime64(6)");
        assertThatThrownBy(() -> plan(wanted).alter(strict, EvolutionPolicy.ADD))
                .hasMessageContaining("gone_at")
                .hasMessageNotContaining("synced_at")
                .hasMessageContaining("Nullable(DateTime64(6, 'UTC'))");
        assertThat(plan(wanted).alter(strict, EvolutionPolicy.ADD_AND_WIDEN).ddl())
                .containsExactly("ALTER TABLE `shop`.`Order's` MODIFY COLUMN `gone_at` Nullable(DateTime64(6, 'UTC'))");
        for (String column : List.of("__version", "__is_deleted")) {
            LiveTable narrow = live(true);
            narrow.columns().put(column, new LiveColumn(column, "Nullable(Int16)", "", false));
            assertThatThrownBy(() ->
                            plan(shape(List.of("id"), Bookkeeping.NONE)).alter(narrow, EvolutionPolicy.ADD_AND_WIDEN))
                    .hasMessageContaining(column)
                    .hasMessageContaining("Nullable(Int16) and has to be UInt");
        }
    }

    @Test
    void rowsThatWaitAndWhatBecomesOfThem() {
        Batch batch = batch(
                List.of("id"),
                ALL,
                false,
                List.of(new int[] {0, 1, 2}, new int[] {0, 1}, new int[] {0}, new int[] {0, 2}, new int[] {0}),
                Row.UPSERT,
                Row.UPSERT | Row.DELETED,
                Row.FLAG,
                Row.PATCH,
                Row.DELETE);
        LiveTable table = live(
                true, "gone", "Bool", "gone_at", "Nullable(DateTime64(6, 'UTC'))", "synced_at", "DateTime64(6, 'UTC')");
        String stage = "`millrace`.`millrace_stage_1`";
        StageSql sql = new StageSql(batch, table, SETTINGS, stage);
        List<String> statements = new ArrayList<>(List.of(StageSql.create(batch, stage), sql.absent()));
        statements.addAll(sql.writes(Versions.floor(3)));
        check("staged.sql", statements);
    }

    @Test
    void rowsBehindATruncateFindNothing() {
        Batch batch =
                batch(List.of("id"), Bookkeeping.NONE, true, List.of(new int[] {0, 1}), Row.PATCH | Row.MAY_BE_ABSENT);
        StageSql sql = new StageSql(batch, live(true), SETTINGS, "s");
        check(
                "truncated.sql",
                List.of(sql.absent(), sql.writes(Versions.floor(1)).get(0)));
    }

    @Test
    void appendedRowsOfAnotherType() {
        Batch batch = batch(List.of(), Bookkeeping.NONE, false, List.of(new int[] {0, 1, 2}), Row.UPSERT);
        check("appended.sql", new StageSql(batch, live(false), SETTINGS, "s").writes(Versions.floor(1)));
    }

    @Test
    void views() {
        LiveTable log = live(
                false,
                "__op",
                "Nullable(String)",
                "__lsn",
                "Nullable(Int64)",
                "__ts",
                "Nullable(DateTime64(6, 'UTC'))",
                "__unchanged",
                "Nullable(String)");
        Views.LogView view = new Views.LogView(
                TableId.of("shop", "Order's"),
                TableId.of("shop", "Order's_log"),
                List.of("id"),
                "__op",
                "__unchanged",
                List.of("__lsn", "__ts"));
        check("log-view.sql", List.of(ViewSql.ofLog(view.view(), log, view, "__version")));
    }

    @Test
    void columnsThatACopyDoesNotBring() {
        LiveTable table = live(true, "local", "Nullable(String)");
        TableId copy = TableId.of("shop", "millrace_gen_1");
        Set<String> most = Set.of("id", "select", "wide`");
        check(
                "kept.sql",
                List.of(KeptColumns.statement(copy, table, most, SETTINGS).orElseThrow()));
        assertThat(KeptColumns.statement(copy, table, Set.of("id", "select", "wide`", "local"), SETTINGS))
                .isEmpty();
        assertThat(KeptColumns.statement(copy, live(false, "local", "String"), most, SETTINGS))
                .as("without a key")
                .isEmpty();
    }

    @Test
    void theRoleIsInTheReadme() throws IOException {
        String readme = read("connect-sink-warehouse/src/main/java/io/millrace/sink/warehouse/clickhouse/README.md");
        assertThat(readme).contains(read("config-examples/sql/clickhouse-role.sql"));
    }

    private static String read(String file) throws IOException {
        return Files.readString(Settings.root().resolve(file));
    }

    @Test
    void ledger() {
        Ledger ledger = new Ledger("`millrace`.`millrace_ledger`", "it's \\mine");
        TopicPartition partition = new TopicPartition("p.public.Order's", 3);
        Feed feed = new Feed(TABLE, partition);
        LastRecord last = new LastRecord(8, 1700, 42, 1_700_000_000_000_001L);
        check(
                "ledger.sql",
                List.of(
                        ledger.create(),
                        ledger.read(Set.of(partition)),
                        ledger.ofTarget(TABLE),
                        ledger.ofTopic(partition.topic()),
                        ledger.write(List.of(
                                new Ledger.Entry(feed, Ledger.version(5, 0), "me", null),
                                new Ledger.Entry(
                                        feed, Ledger.version(5, 1), "me", new Ledger.State(0, 5, 9, 2, null, false)),
                                new Ledger.Entry(
                                        feed,
                                        Ledger.version(5, 2),
                                        "me",
                                        new Ledger.State(0, 9, -1, 2, last, false))))));
    }

    @Test
    void operations() {
        OperationsLog log = new OperationsLog("`m`.`l_tables`", "mine");
        TopicLog topics = new TopicLog("`m`.`l_topics`", "mine");
        List<TopicPartition> found = List.of(new TopicPartition("t", 0), new TopicPartition("it's", 1));
        Set<String> names = Set.of("t", "it's");
        List<String> statements = List.of(
                log.create(),
                log.resync(TABLE),
                log.resynced(TABLE, "monday"),
                log.show(TABLE, found, "parked", "it's broken"),
                log.forgetStates(found),
                topics.create(),
                topics.read(names),
                topics.note(Map.of(found.get(0), TopicNotes.ADDED)),
                topics.say(List.of("t", "it's"), 1, 3),
                topics.complete(names, 3),
                topics.incomplete(),
                topics.forget("it's"));
        check("operations.sql", statements);
    }

    @Test
    void tablesThatCannotDoAreRefusedAtOnce() {
        LiveTable plain = new LiveTable(
                TABLE, "MergeTree", "MergeTree ORDER BY id", "", 0, live(true).columns());
        refused("ReplacingMergeTree(__version, __is_deleted)", shape(List.of("id"), ALL), plain);
        refused("ordered by [id]", shape(List.of("select"), ALL), live(true));
        refused(
                "\"n\" is Int32, which does not hold",
                shape(List.of("id"), ALL, SourceColumn.of("n", Schema.STRING_SCHEMA)),
                live(true, "n", "Int32"));
        SourceColumn key = SourceColumn.of("id", Schema.INT64_SCHEMA);
        TableShape wider = new TableShape(TABLE, List.of(key), List.of("id"), Bookkeeping.NONE);
        refused("ordered by", wider, live(true));
        assertThatThrownBy(() -> plan(shape(List.of("id"), ALL, SourceColumn.of("__version", Schema.INT64_SCHEMA))))
                .hasMessageContaining("clickhouse.version.column");
        assertThatThrownBy(() -> plan(shape(List.of("id"), ALL, SourceColumn.of("x".repeat(161), Schema.INT64_SCHEMA))))
                .hasMessageContaining("161 bytes");
    }

    private static void refused(String message, TableShape wanted, LiveTable live) {
        assertThatThrownBy(() -> plan(wanted).alter(live, EvolutionPolicy.ADD_AND_WIDEN))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.Order's")
                .hasMessageContaining(message);
    }

    @Test
    void replicatedTablesAreKnownByTheirParameters() {
        LiveTable replicated = new LiveTable(
                TABLE,
                "SharedReplacingMergeTree",
                "SharedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', __version, __is_deleted) ORDER BY id",
                "",
                0,
                live(true).columns());
        assertThat(replicated.replaces("__version", "__is_deleted")).isTrue();
        assertThat(replicated.replaces("version", "__is_deleted")).isFalse();
    }

    @Test
    void versionsRiseWithEpochsAndOffsets() {
        assertThat(Versions.of(1, 0)).isGreaterThan(Versions.of(0, (1L << Versions.OFFSET_BITS) - 1));
        assertThat(Versions.of(3, 7)).isEqualTo(Versions.floor(3) + 7);
        assertThatThrownBy(() -> Versions.of(0, 1L << Versions.OFFSET_BITS)).hasMessageContaining("offset");
        assertThatThrownBy(() -> Versions.floor(1L << 20)).hasMessageContaining("rewound");
    }

    @Test
    void versionsOfServersAreCompared() {
        assertThat(Probe.number("23.8.1.2")).isEqualTo(2308);
        assertThat(Probe.number("26.7.2.1-cloud")).isEqualTo(2607);
        assertThat(Probe.number("head")).isEqualTo(Integer.MAX_VALUE);
    }
}
