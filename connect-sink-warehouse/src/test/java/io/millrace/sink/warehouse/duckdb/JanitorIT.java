package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.sink.warehouse.copies.CopyLog;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What deleted connectors, and sources that never end a copy, leave in the file goes away, and nothing else. */
class JanitorIT {
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);

    @TempDir
    Path folder;

    private Target target = new Target(Path.of(""));
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    @BeforeEach
    void target() {
        target = new Target(folder);
    }

    private void run(TopicLog log, String name, String... more) {
        String[] config = java.util.Arrays.copyOf(more, more.length + 6);
        List<String> own =
                List.of("name", name, "insert.mode", "overwrite", "duckdb.overwrite.abandoned.ms", "3600000");
        for (int i = 0; i < own.size(); i++) {
            config[more.length + i] = own.get(i);
        }
        target.run(log, config);
    }

    /** Half a copy. */
    private void begin() {
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g1", copies.next());
        copies.row(STOCK, "g1", 1, "half a copy");
    }

    private void age() {
        target.execute(
                "UPDATE millrace_ledger_generations SET updated_at = now() - INTERVAL 2 HOUR",
                "UPDATE millrace_ledger SET updated_at = now() - INTERVAL 2 HOUR WHERE topic LIKE '%.stock'");
    }

    private List<String> gathered() {
        return target.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'millrace_gen_%'");
    }

    private List<String> states() {
        return target.rows("SELECT state FROM millrace_ledger_generations");
    }

    private static TopicLog none() {
        TopicLog none = new TopicLog();
        none.partition("mirror.public.other", 0);
        return none;
    }

    @Test
    void aCopyOfADeletedConnectorIsGivenUpAfterItsTime() {
        begin();
        run(log, "deleted");
        run(none(), "lives");
        assertThat(gathered()).hasSize(1);
        age();
        run(none(), "lives");
        assertThat(gathered()).as("it may only be stopped").hasSize(1);
        target.execute("DELETE FROM millrace_ledger WHERE ledger_id = 'deleted'");
        run(none(), "lives");
        assertThat(gathered()).isEmpty();
        assertThat(states()).containsExactly("aborted");
    }

    @Test
    void aCopyThatTheSourceNeverEndsIsGivenUpAfterItsTime() {
        begin();
        run(log, "sink");
        run(none(), "sink");
        assertThat(states()).as("it is young").containsExactly("open");
        age();
        run(none(), "sink");
        assertThat(gathered()).isEmpty();
        assertThat(states()).containsExactly("aborted");
        copies.copy(STOCK, "g2", Copies.of(2, "whole"));
        run(log, "sink");
        assertThat(target.rows("SELECT v FROM public.stock")).containsExactly("whole");
    }

    @Test
    void aCopyThatStillGrowsIsKeptHoweverOldItsBeginning() {
        begin();
        run(log, "slow");
        target.execute("UPDATE millrace_ledger_generations SET updated_at = now() - INTERVAL 2 HOUR");
        run(none(), "slow");
        assertThat(states()).containsExactly("open");
        copies.tell(Manifest.Kind.END, STOCK, "g1", copies.order());
        run(log, "slow");
        assertThat(target.rows("SELECT v FROM public.stock")).containsExactly("half a copy");
    }

    @Test
    void aCopyOfATableThatWaitsIsKept() {
        begin();
        run(log, "sink");
        run(log, "sink", "tables.paused", "public.stock");
        age();
        // What the next task shows first of all is that nothing waits: as if it were paused meanwhile.
        AbandonedSql sql = new AbandonedSql(
                new CopyLog("millrace_ledger_generations", "millrace_ledger_generation_offsets", "sink", Sql.WORDS),
                new Ledger("millrace_ledger", "sink"),
                "millrace_ledger_tables");
        assertThat(target.rows(sql.abandoned(3_600_000))).isEmpty();
        target.execute("UPDATE millrace_ledger_tables SET state = NULL");
        assertThat(target.rows(sql.abandoned(3_600_000))).containsExactly("sink|public.stock|g1");
    }
}
