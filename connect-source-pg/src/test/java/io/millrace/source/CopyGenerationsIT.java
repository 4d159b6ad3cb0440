package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The initial copy told as generations: a sink that overwrites knows when it has all of a table. */
@Tag("extended")
class CopyGenerationsIT {
    private static final int ROWS = 4000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> mirror(String name) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".big(id int8 PRIMARY KEY, pad text)",
                "INSERT INTO " + name + ".big SELECT i, repeat('x', 500) FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE " + name + ".empty(id int8 PRIMARY KEY)",
                "CREATE TABLE " + name + ".parts(id int8 PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE " + name + ".p1 PARTITION OF " + name + ".parts FOR VALUES FROM (0) TO (50)",
                "CREATE TABLE " + name + ".p2 PARTITION OF " + name + ".parts FOR VALUES FROM (50) TO (100)",
                "INSERT INTO " + name + ".parts SELECT i, 'v' FROM generate_series(1, 99) i",
                "CREATE TABLE " + name + ".keyless(v text)",
                "INSERT INTO " + name + ".keyless SELECT repeat('k', 500) FROM generate_series(1, " + ROWS + ")",
                "ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.mode", "initial_only");
        config.put("publish.via.partition.root", "true");
        config.put("snapshot.rows.per.partition", "1000");
        config.put("max.batch.size", "100");
        config.put("max.queue.size.in.bytes", "100000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    /** What a sink knows of one table's generation when all is read. */
    private record Told(List<Manifest.Kind> kinds, Map<TopicPartition, Long> last, Set<Long> rows) {}

    private static Map<String, Told> told(HandDrivenTask.Store store, String name, String table) {
        Map<String, Told> told = new HashMap<>();
        for (SourceRecord record : store.log()) {
            if (record.topic().equals(Manifest.topic(name))) {
                Manifest manifest = Manifest.of((Struct) record.value());
                if (manifest.table().equals(table)) {
                    Told of = told.computeIfAbsent(
                            manifest.generation(),
                            ignored -> new Told(new ArrayList<>(), new HashMap<>(), new LinkedHashSet<>()));
                    of.kinds.add(manifest.kind());
                    if (manifest.kind() == Manifest.Kind.END) {
                        of.rows.add(manifest.rows());
                    }
                    manifest.lastOffsets().forEach((at, offset) -> of.last.merge(at, offset, Math::max));
                }
            }
        }
        return told;
    }

    /** Where the last row of each generation lies. */
    private static Map<String, Map<TopicPartition, Long>> rows(HandDrivenTask.Store store, String topic) {
        Map<String, Map<TopicPartition, Long>> rows = new HashMap<>();
        store.places().forEach((record, place) -> {
            if (record.topic().equals(topic)) {
                Header header = record.headers().lastWithName(Headers.GENERATION);
                rows.computeIfAbsent(String.valueOf(header.value()), ignored -> new HashMap<>())
                        .merge(new TopicPartition(topic, place.partition()), place.offset(), Math::max);
            }
        });
        return rows;
    }

    private static Set<Long> ids(HandDrivenTask.Store store, String topic, String generation) {
        Set<Long> ids = new LinkedHashSet<>();
        for (SourceRecord record : store.log()) {
            if (record.topic().equals(topic)
                    && record.headers().lastWithName(Headers.GENERATION).value().equals(generation)) {
                ids.add(((Struct) record.key()).getInt64("id"));
            }
        }
        return ids;
    }

    private static void finish(HandDrivenTask.Store store, Map<String, String> config, String name) {
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.driving("every table has ended", () -> {
                first.pass();
                second.pass();
                boolean over = new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
                return over
                        && List.of("big", "empty", "parts", "keyless").stream()
                                .allMatch(table -> told(store, name, table).values().stream()
                                        .anyMatch(told -> told.kinds.contains(Manifest.Kind.END)));
            });
        }
    }

    private static void copySome(HandDrivenTask.Store store, Map<String, String> config, String name) {
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.driving("some is copied", () -> {
                first.acknowledge(first.poll());
                second.acknowledge(second.poll());
                return store.log().stream()
                                .filter(record -> record.topic().equals(name + "." + name + ".big"))
                                .count()
                        > ROWS / 3;
            });
        }
    }

    @Test
    void tellsWhereTheRowsLieAndWhenAllAreThereThoughTasksDie() {
        Map<String, String> config = mirror("told");
        var store = new HandDrivenTask.Store();
        copySome(store, config, "told");
        finish(store, config, "told");
        for (String table : List.of("big", "parts")) {
            String topic = "told.told." + table;
            assertThat(told(store, "told", table)).hasSize(1);
            told(store, "told", table).forEach((id, told) -> {
                assertThat(told.kinds.get(0)).isEqualTo(Manifest.Kind.BEGIN);
                assertThat(told.kinds).contains(Manifest.Kind.END).doesNotContain(Manifest.Kind.ABORT);
                assertThat(told.last)
                        .as("last offsets of %s", table)
                        .isEqualTo(rows(store, topic).get(id));
                assertThat(ids(store, topic, id)).hasSize(table.equals("big") ? ROWS : 99);
            });
        }
        assertThat(told(store, "told", "empty").values()).allMatch(told -> told.last.isEmpty());
        // Whatever was sent twice meanwhile: a sink can count.
        Map.of("big", (long) ROWS, "parts", 99L, "empty", 0L, "keyless", (long) ROWS)
                .forEach((table, rows) -> told(store, "told", table).values().stream()
                        .filter(told -> !told.kinds.contains(Manifest.Kind.ABORT))
                        .forEach(told -> assertThat(told.rows).as(table).containsExactly(rows)));
    }

    @Test
    void aLostSnapshotsGenerationIsAbortedAndAnotherTakesItsPlace() {
        Map<String, String> config = mirror("given");
        config.put("snapshot.keep.ms", "0");
        var store = new HandDrivenTask.Store();
        copySome(store, config, "given");
        Await.until("nobody holds the snapshot", () -> postgres.queryOne(
                        "SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'mr %'")
                .equals("0"));
        // Without a snapshot's LSN of its own there would be nothing to tell apart.
        postgres.execute("UPDATE given.big SET pad = 'y' WHERE id < 10");
        finish(store, config, "given");
        Map<String, Told> told = told(store, "given", "big");
        assertThat(told).hasSize(2);
        told.forEach((id, of) -> {
            boolean whole = of.kinds.contains(Manifest.Kind.END);
            assertThat(of.kinds.contains(Manifest.Kind.ABORT)).isEqualTo(!whole);
            if (whole) {
                assertThat(ids(store, "given.given.big", id)).hasSize(ROWS);
                assertThat(of.last).isEqualTo(rows(store, "given.given.big").get(id));
            }
        });
    }

    private static long rows(HandDrivenTask.Store store, String topic, String generation) {
        return store.log().stream()
                .filter(record -> record.topic().equals(topic)
                        && record.headers()
                                .lastWithName(Headers.GENERATION)
                                .value()
                                .equals(generation))
                .count();
    }

    /** Nothing tells its rows apart: a copy with some of them twice would be no use to anybody. */
    private static void assertEndedOnceWith(HandDrivenTask.Store store, String name, long expected) {
        Map<String, Told> told = told(store, name, "keyless");
        assertThat(told).hasSize(2);
        told.forEach((id, of) -> {
            boolean whole = of.kinds.contains(Manifest.Kind.END);
            assertThat(of.kinds.contains(Manifest.Kind.ABORT)).as(id).isEqualTo(!whole);
            if (whole) {
                assertThat(rows(store, name + "." + name + ".keyless", id)).isEqualTo(expected);
                assertThat(of.rows).containsExactly(expected);
            }
        });
        assertThat(told.values().stream().filter(of -> of.kinds.contains(Manifest.Kind.END)))
                .hasSize(1);
    }

    private static Map<String, String> keylessMirror(String name) {
        Map<String, String> config = mirror(name);
        config.put("table.include.list", name + ".keyless");
        return config;
    }

    private static void driveUntilSome(HandDrivenTask task, HandDrivenTask.Store store, String topic, int more) {
        long before = store.log().stream()
                .filter(record -> record.topic().equals(topic))
                .count();
        Await.driving("some of it is copied", () -> {
            task.acknowledge(task.poll());
            return store.log().stream()
                            .filter(record -> record.topic().equals(topic))
                            .count()
                    > before + more;
        });
    }

    private static void untilStreaming(HandDrivenTask.Store store, String name, HandDrivenTask... tasks) {
        Await.driving("all is copied", () -> {
            for (HandDrivenTask task : tasks) {
                task.pass();
            }
            return new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
        });
    }

    @Test
    void aTableWithoutAKeyThatWasInterruptedIsCopiedAsAnotherGeneration() {
        Map<String, String> config = keylessMirror("again");
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            driveUntilSome(task, store, "again.again.keyless", 300);
        }
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            untilStreaming(store, "again", task);
        }
        assertEndedOnceWith(store, "again", ROWS);
    }

    /** The claims of a task that is gone are free: who takes one over sees what is stored of it. */
    @Test
    void aTableWithoutAKeyIsCopiedAsAnotherGenerationWhenATaskIsGone() {
        Map<String, String> config = keylessMirror("gone");
        var store = new HandDrivenTask.Store();
        try (var first = new HandDrivenTask(store, config, 0, 2)) {
            driveUntilSome(first, store, "gone.gone.keyless", 50);
            try (var second = new HandDrivenTask(store, config, 1, 2)) {
                Await.driving("the second reads too", () -> {
                    second.acknowledge(second.poll());
                    return store.partitions().stream()
                            .filter(partition -> "1".equals(partition.get("lane")))
                            .map(partition -> TableProgress.of(store.offset(typed(partition))))
                            .anyMatch(progress ->
                                    progress != null && !progress.begun().isEmpty());
                });
            }
            Await.driving("the first has taken it over", () -> {
                first.pass();
                return told(store, "gone", "keyless").values().stream()
                        .anyMatch(of -> of.kinds.contains(Manifest.Kind.END));
            });
            try (var second = new HandDrivenTask(store, config, 1, 2)) {
                untilStreaming(store, "gone", first, second);
            }
        }
        assertEndedOnceWith(store, "gone", ROWS);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> typed(Map<String, ?> partition) {
        return (Map<String, Object>) partition;
    }

    @Test
    void exactlyOnceAndGenerationsExcludeEachOther() {
        assertThat(CdcMirror.errors(postgres, "told", config -> {
                    config.put("snapshot.generations", "on");
                    config.put("exactly.once.support", "required");
                }))
                .containsKey("snapshot.generations");
    }

    @Test
    void notificationsTellOfTablesChunksRowsAndBytes() {
        Map<String, String> config = mirror("notices");
        config.put("notification.enabled.channels", "sink");
        config.put("notification.sink.topic.name", "notices-of-copies");
        var store = new HandDrivenTask.Store();
        finish(store, config, "notices");
        List<String> told = new ArrayList<>();
        for (SourceRecord record : store.log()) {
            if (record.topic().equals("notices-of-copies")) {
                Struct notice = (Struct) record.value();
                assertThat(notice.getString("aggregate_type")).isEqualTo("Initial Snapshot");
                Map<String, String> data = notice.getMap("additional_data");
                told.add(notice.getString("type")
                        + Stream.of(
                                        "current_collection_in_progress",
                                        "scanned_collection",
                                        "total_rows_scanned",
                                        "status")
                                .map(data::get)
                                .filter(Objects::nonNull)
                                .map(value -> " " + value)
                                .collect(Collectors.joining()));
                if (data.get("total_bytes_scanned") != null
                        && told.get(told.size() - 1).contains("big")) {
                    assertThat(Long.parseLong(data.get("total_bytes_scanned"))).isGreaterThan(500L * ROWS);
                    assertThat(Integer.parseInt(data.get("total_chunks"))).isGreaterThan(2);
                }
            }
        }
        assertThat(told.get(0)).isEqualTo("STARTED");
        assertThat(told.get(told.size() - 1)).isEqualTo("COMPLETED");
        assertThat(told)
                .contains(
                        "IN_PROGRESS notices.big",
                        "TABLE_SCAN_COMPLETED notices.big " + ROWS + " SUCCEEDED",
                        "TABLE_SCAN_COMPLETED notices.parts 99 SUCCEEDED",
                        "TABLE_SCAN_COMPLETED notices.empty 0 EMPTY")
                .hasSize(10);
    }

    @Test
    void notificationsTellThatACopyIsAbortedAndWhy() {
        Map<String, String> config = mirror("aborted");
        config.put("notification.enabled.channels", "sink");
        config.put("notification.sink.topic.name", "aborted-notices");
        var store = new HandDrivenTask.Store();
        copySome(store, config, "aborted");
        postgres.execute("TRUNCATE aborted.parts", "INSERT INTO aborted.parts VALUES (7, 'later')");
        finish(store, config, "aborted");
        List<String> told = store.log().stream()
                .filter(record -> record.topic().equals("aborted-notices"))
                .map(record -> ((Struct) record.value()).getString("type") + " "
                        + ((Struct) record.value()).getMap("additional_data").getOrDefault("reason", ""))
                .filter(notice -> notice.matches("(STARTED|ABORTED|COMPLETED).*"))
                .toList();
        int aborted = told.indexOf("ABORTED tables were emptied, rewritten or replaced since the snapshot, or have no"
                + " key and were sent in part by a task that ended");
        assertThat(aborted).as("place of the abort in %s", told).isPositive();
        assertThat(told.subList(aborted + 1, told.size())).containsExactly("STARTED ", "COMPLETED ");
    }
}
