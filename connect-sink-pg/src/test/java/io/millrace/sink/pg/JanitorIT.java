package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What dead tasks and deleted connectors leave in the target goes away, and nothing else. */
class JanitorIT {
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    private void run(String name) {
        target.task(log, "name", name, "insert.mode", "overwrite", "overwrite.abandoned.ms", "3600000")
                .drain()
                .close();
    }

    private List<String> gathered() {
        return target.rows("SELECT relname FROM pg_class WHERE relname LIKE 'millrace_gen_%' AND relkind = 'r'");
    }

    private void begin(String generation) {
        copies.tell(Manifest.Kind.BEGIN, STOCK, generation, copies.next());
        copies.row(STOCK, generation, 1, "half a copy");
    }

    @Test
    void aCopyOfADeletedConnectorIsGivenUpAfterItsTime() {
        begin("g1");
        run("deleted");
        TopicLog none = new TopicLog();
        none.partition("mirror.public.other", 0);
        run(none, "lives");
        assertThat(gathered()).hasSize(1);
        age();
        run(none, "lives");
        assertThat(gathered()).as("it may only be stopped").hasSize(1);
        target.execute("DELETE FROM millrace_ledger WHERE ledger_id = 'deleted'");
        run(none, "lives");
        assertThat(gathered()).isEmpty();
        assertThat(target.rows("SELECT state FROM millrace_ledger_generations")).containsExactly("aborted");
    }

    private void age() {
        target.execute(
                "UPDATE millrace_ledger_generations SET updated_at = now() - interval '2 hours'",
                "UPDATE millrace_ledger SET updated_at = now() - interval '2 hours' WHERE topic LIKE '%.stock'");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"NULL, aborted", "'parked', open", "'paused', open"})
    void aCopyOfATableThatWaitsIsKept(String state, String left) {
        begin("g1");
        run("sink");
        age();
        target.execute("UPDATE millrace_ledger SET state = " + state);
        Ledger ledger = new Ledger("\"millrace_ledger\"", "sink");
        GenerationLog generations = new GenerationLog("\"millrace_ledger_generations\"", ledger);
        target.execute(generations.abandon(3_600_000));
        assertThat(target.rows("SELECT state FROM millrace_ledger_generations")).containsExactly(left);
    }

    private void run(TopicLog log, String name) {
        target.task(log, "name", name, "insert.mode", "overwrite", "overwrite.abandoned.ms", "3600000")
                .drain()
                .close();
    }

    @Test
    void aCopyThatStillGrowsIsKeptHoweverOldItsBeginning() {
        begin("g1");
        run("slow");
        target.execute("UPDATE millrace_ledger_generations SET updated_at = now() - interval '2 hours'");
        run("slow");
        copies.tell(Manifest.Kind.END, STOCK, "g1", copies.order());
        run("slow");
        assertThat(target.rows("SELECT v FROM stock")).containsExactly("half a copy");
    }

    @Test
    void whatIsLeftOfACopyAndCannotBeDroppedHoldsUpNothing() {
        begin("g1");
        run("sink");
        target.execute("CREATE VIEW seen AS SELECT * FROM " + gathered().get(0));
        for (String generation : List.of("g2", "g3")) {
            copies.copy(STOCK, generation, Copies.of(1, generation));
            run("sink");
            assertThat(target.rows("SELECT v FROM stock")).containsExactly(generation);
            assertThat(gathered()).hasSize(1);
        }
        target.execute("DROP VIEW seen");
        run("sink");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void tablesThatNoGenerationKnowsAreDropped() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run("sink");
        long old = System.currentTimeMillis() - 2 * 3_600_000;
        target.execute(
                "CREATE TABLE millrace_gen_stray (id int)",
                "COMMENT ON TABLE millrace_gen_stray IS 'millrace copy, \"millrace_ledger\", " + old + "'",
                "CREATE TABLE millrace_gen_young (id int)",
                "COMMENT ON TABLE millrace_gen_young IS 'millrace copy, \"millrace_ledger\", "
                        + System.currentTimeMillis() + "'",
                "CREATE TABLE millrace_gen_of_the_user (id int)");
        run("sink");
        assertThat(gathered()).containsExactlyInAnyOrder("millrace_gen_young", "millrace_gen_of_the_user");
    }
}
