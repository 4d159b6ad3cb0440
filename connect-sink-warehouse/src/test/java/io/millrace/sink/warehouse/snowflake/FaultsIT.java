package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Statements that go wrong: what passes is repeated, the rest is told clearly, and every row is there once. */
class FaultsIT {
    private static final String[] APPEND = {"insert.mode", "append"};
    private static final SourceTable EVENTS =
            SourceTable.of("shop", "events").column("a", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable OTHERS =
            SourceTable.of("shop", "others").column("a", Schema.OPTIONAL_STRING_SCHEMA);
    private static final int LOCKED = 625;
    private static final int GONE = 390111;

    private final Target target = new Target();
    private final TopicLog log = new TopicLog();

    @AfterEach
    void close() {
        target.close();
    }

    private void rows(int from, int to) {
        for (int i = from; i < to; i++) {
            log.insert(EVENTS, "row " + (1000 + i));
        }
    }

    private void assertRows(int count) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expected.add("row " + (1000 + i));
        }
        assertThat(target.rows("events", "a")).isEqualTo(expected);
        assertThat(target.standIn().faults().left()).isZero();
        assertThat(target.gathered()).isEmpty();
    }

    @Test
    @Tag("extended")
    void whatPassesIsRepeated() {
        target.standIn().faults().refuse("^PUT", 1, 603, "XX000");
        target.standIn().faults().refuse("^COPY", 2, 604, "57014");
        target.standIn().faults().refuse("^CREATE", 2, 370001, "57P03");
        target.standIn().faults().refuse("UPDATE .*epoch = epoch", 1, LOCKED, "57014");
        rows(0, 20);
        target.run(log, APPEND);
        assertRows(20);
    }

    @Test
    void aTransactionThatFailsIsTakenUpFromTheLedger() {
        rows(0, 10);
        target.run(log, APPEND);
        target.standIn().faults().refuse("^INSERT INTO \"MIRROR\".\"SHOP\"", 2, LOCKED, "57014");
        target.standIn().faults().refuse("^COMMIT", 2, 603, "XX000");
        target.standIn().faults().refuse("SET next", 2, LOCKED, "57014");
        rows(10, 30);
        target.run(log, "insert.mode", "append", "max.batch.size", "5");
        assertRows(30);
    }

    @Test
    @Tag("extended")
    void aCommitWhoseAnswerIsLostIsNotRepeated() {
        rows(0, 10);
        target.run(log, APPEND);
        target.standIn().faults().loseAnswers("^COMMIT", 4, 603, "XX000");
        rows(10, 30);
        target.run(log, "insert.mode", "append", "max.batch.size", "5");
        assertRows(30);
    }

    @Test
    @Tag("extended")
    void aSessionThatEndsIsOpenedAnew() {
        rows(0, 10);
        try (TaskDriver task = target.task(log, APPEND)) {
            task.drain();
            target.standIn().endSessions();
            rows(10, 20);
            task.drain();
            target.standIn().faults().refuse("^BEGIN", 1, GONE, "08001");
            rows(20, 30);
            task.drain();
        }
        assertRows(30);
    }

    /** What the first table had staged is gone with the session; the second one's rows are not taken for it. */
    @Test
    void aSessionThatEndsBetweenTwoTablesMixesNoRows() {
        rows(0, 10);
        log.insert(OTHERS, "of the other");
        target.standIn().faults().refuse("^COPY .*_STAGE_1\"", 1, GONE, "08001");
        target.run(log, APPEND);
        assertRows(10);
        assertThat(target.rows("others", "a")).containsExactly("of the other");
    }

    @Test
    @Tag("extended")
    void whatDoesNotPassStopsTheTaskWithItsReason() {
        rows(0, 10);
        target.standIn().faults().refuse("^COPY", 1, 3001, "42501");
        TaskDriver task = target.task(log, APPEND);
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.events")
                .hasMessageContaining("docs/snowflake.md");
        task.kill();
        target.run(log, APPEND);
        assertRows(10);
    }

    @Test
    void bindsDoWhatFilesDo() {
        rows(0, 30);
        target.run(log, "insert.mode", "append", "load.mode", "sql", "max.batch.size", "7");
        assertRows(30);
        assertThat(target.standIn().statements()).noneMatch(sql -> sql.startsWith("PUT") || sql.startsWith("COPY"));
    }

    @Test
    void aFileThatWasRemovedIsPutAgain() {
        rows(0, 10);
        target.standIn().faults().before("^COPY", 1, target.standIn()::removeFiles);
        target.run(log, APPEND);
        assertRows(10);
    }

    @Test
    void aFileThatIsRefusedAsMissingIsPutAgain() {
        rows(0, 10);
        target.standIn().faults().refuse("^COPY", 1, 100112, "22000");
        target.run(log, APPEND);
        assertRows(10);
    }

    /** A task that is not fenced yet would lose what it is about to copy. */
    @Test
    void filesAreRemovedBehindTheClaim() {
        rows(0, 10);
        target.run(log, APPEND);
        target.run(log, APPEND);
        List<String> statements = target.standIn().statements().stream()
                .filter(sql -> sql.startsWith("REMOVE") || sql.contains("epoch = epoch + 1"))
                .map(sql -> sql.substring(0, 6))
                .toList();
        assertThat(statements.subList(statements.size() - 2, statements.size())).containsExactly("UPDATE", "REMOVE");
    }

    @Test
    @Tag("extended")
    void filesOfAKilledTaskAreRemoved() {
        rows(0, 10);
        target.standIn().faults().refuse("^COPY", 20, 603, "XX000");
        target.standIn().faults().refuse("^REMOVE '.*avro'", 20, 603, "XX000");
        TaskDriver task = target.task(log, "insert.mode", "append", "snowflake.retries", "0");
        task.step();
        task.commit();
        task.kill();
        assertThat(target.standIn().files()).isNotEmpty();
        target.standIn().faults().clear();
        target.run(log, APPEND);
        assertRows(10);
    }
}
