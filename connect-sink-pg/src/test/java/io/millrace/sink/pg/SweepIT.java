package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.testing.Await;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Copies that are moved into their table piece by piece. */
class SweepIT {
    private static final int ROWS = 4000;
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    private TaskDriver task(String... more) {
        String[] config = java.util.Arrays.copyOf(more, more.length + 6);
        System.arraycopy(
                new String[] {"insert.mode", "overwrite", "overwrite.strategy", "sweep", "overwrite.sweep.pages", "2"},
                0,
                config,
                more.length,
                6);
        return target.task(log, config);
    }

    /** A copy of as many rows from an id on. */
    private void copy(String generation, int from) {
        Object[][] rows = new Object[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            rows[i] = Copies.of(i + from, generation);
        }
        copies.copy(STOCK, generation, rows);
    }

    /** A task works for about a second at a time, and may have nothing else to do. */
    private void sweep(String generation) {
        Await.driving("the end of the sweep of " + generation, () -> {
            task().drain().close();
            return target.rows("SELECT state FROM millrace_ledger_generations WHERE generation = '" + generation + "'")
                    .equals(List.of("done"));
        });
    }

    private List<String> state() {
        return target.rows("SELECT count(*), min(id), max(id), min(v), max(v) FROM stock");
    }

    @Test
    void aSweepThatBreaksGoesOnWhereItWas() {
        copy("g1", 0);
        sweep("g1");
        target.execute(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''stopped''; END'",
                "CREATE TRIGGER stops BEFORE INSERT OR UPDATE ON stock FOR EACH ROW WHEN (new.id > 3000)"
                        + " EXECUTE FUNCTION stop()");
        copy("g2", 500);
        TaskDriver broken = task();
        assertThatThrownBy(broken::drain).hasMessageContaining("public.stock").hasMessageContaining("stopped");
        broken.kill();
        // Neither the old rows nor the new ones alone: that is what a sweep does.
        assertThat(state()).containsExactly(ROWS + "|0|" + (ROWS - 1) + "|g1|g2");
        assertThat(target.rows("SELECT moved > 0, swept FROM millrace_ledger_generations WHERE generation = 'g2'"))
                .containsExactly("t|0");
        String early = target.rows("SELECT xmin FROM stock WHERE id = 600").get(0);
        target.execute("DROP TRIGGER stops ON stock");
        sweep("g2");
        assertThat(state()).containsExactly(ROWS + "|500|" + (ROWS + 499) + "|g2|g2");
        assertThat(target.rows("SELECT xmin FROM stock WHERE id = 600")).containsExactly(early);
    }

    @Test
    void aNewerCopyEndsASweepInTheMiddle() {
        copy("g1", 0);
        sweep("g1");
        target.execute(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''stopped''; END'",
                "CREATE TRIGGER stops BEFORE DELETE ON stock FOR EACH ROW WHEN (old.id > 100) EXECUTE FUNCTION stop()");
        copy("g2", 500);
        TaskDriver broken = task();
        assertThatThrownBy(broken::drain).hasMessageContaining("stopped");
        broken.kill();
        target.execute("DROP TRIGGER stops ON stock");
        copy("g3", 9000);
        sweep("g3");
        assertThat(state()).containsExactly(ROWS + "|9000|" + (ROWS + 8999) + "|g3|g3");
    }

    @Test
    void rowsThatDoNotDifferAreLeftAlone() {
        target.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, v text)",
                "CREATE TABLE sold (stock int REFERENCES stock ON DELETE CASCADE)",
                "INSERT INTO stock SELECT i, 'g1' FROM generate_series(0, 5000) i",
                "INSERT INTO sold VALUES (7), (4500)");
        String before = target.rows("SELECT xmin FROM stock WHERE id = 7").get(0);
        copy("g1", 0);
        sweep("g1");
        assertThat(state()).containsExactly(ROWS + "|0|" + (ROWS - 1) + "|g1|g1");
        assertThat(target.rows("SELECT DISTINCT xmin FROM stock")).containsExactly(before);
        assertThat(target.rows("SELECT stock FROM sold")).containsExactly("7");
    }

    @Test
    void itsEndMayTakeLongerThanAFlush() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        sweep("g1");
        copies.copy(STOCK, "g2", Copies.of(1, "b"));
        try (TaskDriver task = task("flush.timeout.ms", "3000", "post.load.sql", "SELECT pg_sleep(4)")) {
            task.until(() -> target.rows("SELECT state FROM millrace_ledger_generations WHERE generation = 'g2'")
                    .equals(List.of("done")));
        }
        assertThat(state()).containsExactly("1|1|1|b|b");
    }

    @Test
    void aTableWithoutAKeyIsRefused() {
        assertThatThrownBy(() -> task("primary.key.mode", "none")).hasMessageContaining("overwrite.strategy");
    }
}
