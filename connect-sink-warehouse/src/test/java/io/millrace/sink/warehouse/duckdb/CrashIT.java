package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed (SIGKILL) while they write: what was committed is there once, and nothing else is. */
@Tag("extended")
class CrashIT {
    private static final int RECORDS = 60_000;
    private static final int KILLS = 4;
    private static final SourceTable ACCOUNTS = SourceTable.of("shop", "accounts")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);

    @TempDir
    Path folder;

    /** The same records in every process: inserts, updates and deletes of few keys. */
    private static TopicLog log(@Nullable TreeMap<Integer, String> state) {
        TopicLog log = new TopicLog();
        Random random = new Random(11);
        for (int i = 0; i < RECORDS; i++) {
            int id = random.nextInt(2_000);
            if (random.nextInt(10) == 0) {
                log.deleteFull(ACCOUNTS, id, "gone");
                if (state != null) {
                    state.remove(id);
                }
            } else {
                log.update(ACCOUNTS, id, "v" + i);
                if (state != null) {
                    state.put(id, "v" + i);
                }
            }
        }
        return log;
    }

    /** What is killed: writes until it is, telling when its first flush is behind it. */
    public static void main(String[] arguments) {
        Target target = new Target(Path.of(arguments[0]));
        TaskDriver task = target.task(
                        log(null), "insert.mode", arguments[1], "max.batch.size", "500", "duckdb.release.ms", "-1")
                .batch(250);
        boolean told = false;
        for (boolean more = true; more; ) {
            more = task.step();
            if (!told && !task.commit().isEmpty()) {
                System.out.println("writing");
                told = true;
            }
        }
    }

    private Target killed(String mode) throws InterruptedException {
        Random random = new Random();
        for (int kill = 0; kill < KILLS; kill++) {
            try (OtherProcess process = new OtherProcess(CrashIT.class, folder.toString(), mode)) {
                assertThat(process.line()).isEqualTo("writing");
                Thread.sleep(random.nextInt(300));
                process.kill();
            }
        }
        Target target = new Target(folder);
        long next =
                Long.parseLong(target.rows("SELECT next FROM millrace_ledger").get(0));
        assertThat(next).as("the kills hit the work").isBetween(1L, RECORDS - 1L);
        return target;
    }

    @Test
    void appendIsExact() throws InterruptedException {
        Target target = killed("append");
        target.run(log(null), "insert.mode", "append");
        assertThat(target.rows("SELECT count(*), count(DISTINCT __lsn) FROM shop.accounts"))
                .containsExactly(RECORDS + "|" + RECORDS);
    }

    @Test
    void upsertIsExact() throws InterruptedException {
        Target target = killed("upsert");
        TreeMap<Integer, String> state = new TreeMap<>();
        target.run(log(state));
        List<String> expected = state.entrySet().stream()
                .map(entry -> entry.getKey() + "|" + entry.getValue())
                .toList();
        assertThat(target.rows("SELECT id, v FROM shop.accounts ORDER BY id")).isEqualTo(expected);
    }
}
