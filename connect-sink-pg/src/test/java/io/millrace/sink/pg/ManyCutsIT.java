package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.testing.FaultyProxy;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More than a hundred connections cut at any byte, in every mode. */
@Tag("extended")
class ManyCutsIT {
    private static final int CUTS = 110;
    private static final SourceTable ONE = table("one");
    private static final SourceTable TWO = table("two");

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private static SourceTable table(String name) {
        return SourceTable.of("public", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    /** Takes all records through a connection that is cut again and again. */
    private void run(String... more) {
        try (FaultyProxy proxy = new FaultyProxy(Target.server())) {
            Map<String, String> config = new HashMap<>(target.config(more));
            config.put("max.batch.size", "40");
            config.put("lock.timeout.ms", "1000");
            config.put(
                    "connection.url",
                    target.url().replaceFirst("//[^/]+/", "//" + proxy.host() + ":" + proxy.port() + "/")
                            + "?sslmode=disable");
            TaskDriver task = new TaskDriver(log, new PostgresSinkTask(), config, false)
                    .batch(15)
                    .open();
            for (int cut = 0; proxy.opened() <= CUTS && cut < 10 * CUTS; cut++) {
                proxy.cutWithin(3000 + 20L * cut, cut);
                task.step();
                task.step();
            }
            proxy.cutAfter(Long.MAX_VALUE / 4);
            task.drain();
            task.close();
            assertThat(proxy.opened()).as("connections").isGreaterThan(CUTS);
        }
    }

    @Test
    void append() {
        for (int i = 0; i < 9000; i++) {
            log.insert(i % 2 == 0 ? ONE : TWO, i, "a");
        }
        run("insert.mode", "append");
        for (String table : new String[] {"one", "two"}) {
            assertThat(target.rows("SELECT count(*), count(DISTINCT id) FROM " + table))
                    .containsExactly("4500|4500");
        }
    }

    @Test
    void upsert() {
        for (int i = 0; i < 9000; i++) {
            SourceTable table = i % 2 == 0 ? ONE : TWO;
            int id = i % 100;
            if (i >= 100 && i % 7 == 0) {
                log.update(table, id, SourceTable.UNAVAILABLE);
            } else {
                log.update(table, id, "round " + i / 100);
            }
        }
        run("table.error.policy", "park");
        for (String table : new String[] {"one", "two"}) {
            assertThat(target.rows("SELECT count(*), min(v) >= 'round 88' FROM " + table))
                    .containsExactly("50|t");
        }
    }

    @Test
    void overwrite() {
        for (int generation = 1; generation <= 90; generation++) {
            tell(Manifest.Kind.BEGIN, generation);
            for (int i = 0; i < 100; i++) {
                Object[] row = {i + generation, "of " + generation};
                log.add(
                        ONE.topic(),
                        ONE.keySchema(),
                        ONE.keyOf(row),
                        ONE.envelopeSchema(),
                        ONE.envelope("r", null, ONE.row(row), 1000),
                        new ConnectHeaders().addString(Headers.GENERATION, "g" + generation));
            }
            tell(Manifest.Kind.END, generation);
        }
        run("insert.mode", "overwrite");
        assertThat(target.rows("SELECT count(*), min(id), max(id), min(v), max(v) FROM one"))
                .containsExactly("100|90|189|of 90|of 90");
        assertThat(target.rows("SELECT count(*) FROM pg_class WHERE relname LIKE 'millrace_gen_%' AND relkind = 'r'"))
                .containsExactly("0");
        assertThat(target.rows("SELECT state FROM millrace_ledger_generations WHERE generation = 'g90'"))
                .containsExactly("done");
    }

    private void tell(Manifest.Kind kind, int generation) {
        TopicPartition partition = new TopicPartition(ONE.topic(), 0);
        long last = log.records(partition).size() - 1L;
        Manifest manifest = new Manifest(
                kind,
                "g" + generation,
                generation,
                "public",
                "one",
                ONE.topic(),
                kind == Manifest.Kind.END ? Map.of(partition, last) : Map.of());
        log.add(
                Manifest.topic("mirror"),
                Schema.STRING_SCHEMA,
                manifest.key(),
                Manifest.SCHEMA,
                manifest.toStruct(),
                null);
    }
}
