package io.millrace.sink.warehouse.bigquery;

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
import org.junit.jupiter.api.Test;

/** Requests and jobs that go wrong: what passes is repeated, the rest is told clearly, and every row is there once. */
class FaultsIT {
    private static final String[] APPEND = {"insert.mode", "append"};
    private static final SourceTable EVENTS =
            SourceTable.of("shop", "events").column("a", Schema.OPTIONAL_STRING_SCHEMA);

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
        assertThat(target.gathered()).isEmpty();
    }

    @Test
    void jobsThatFailForAReasonThatPassesRunAgain() {
        target.standIn().faults().failJobs("load .*", 2, "backendError");
        target.standIn().faults().failJobs("job .*", 3, "jobInternalError");
        rows(0, 20);
        target.run(log, APPEND);
        assertThat(target.standIn().faults().left()).isZero();
        assertRows(20);
    }

    @Test
    void answersThatAreLostDoNotRunAJobTwice() {
        rows(0, 10);
        target.run(log, APPEND);
        target.standIn().faults().loseAnswers("POST .*/jobs", 6, 503);
        target.standIn().faults().loseAnswers("PUT .*", 1, 503);
        rows(10, 30);
        target.run(log, "insert.mode", "append", "max.batch.size", "5");
        assertThat(target.standIn().faults().left()).isZero();
        assertRows(30);
    }

    @Test
    void whatDoesNotPassIsGivenUpAndTakenUpLater() {
        rows(0, 10);
        target.run(log, APPEND);
        rows(10, 20);
        target.standIn().faults().failJobs("load .*", 20, "backendError");
        target.run(log, "insert.mode", "append", "bigquery.retries", "2");
        assertRows(20);
    }

    @Test
    void aQuotaThatIsUsedUpNamesTheInterval() {
        rows(0, 10);
        target.standIn().faults().failJobs("load .*", 1, "quotaExceeded");
        TaskDriver task = target.task(log, APPEND);
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.events")
                .hasMessageContaining("bigquery.merge.interval.ms");
        task.kill();
        target.run(log, APPEND);
        assertRows(10);
    }

    @Test
    void missingPrivilegesNameThePageThatListsThem() {
        rows(0, 1);
        target.standIn().faults().refuse("POST .*/jobs", 1, 403, "accessDenied");
        assertThatThrownBy(() -> target.task(log, APPEND))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("docs/bigquery.md");
    }

    @Test
    void aTableThatIsDroppedMeanwhileIsMadeAgainOrTheTaskStops() {
        SourceTable orders = SourceTable.of("shop", "orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("a", Schema.OPTIONAL_STRING_SCHEMA);
        log.insert(orders, 1, "a");
        TaskDriver task = target.task(log).drain();
        com.google.cloud.bigquery.BigQuery client =
                Clients.open(Target.settings(target.standIn().endpoint()));
        client.delete(com.google.cloud.bigquery.TableId.of("project", "shop", "orders"));
        log.insert(orders, 2, "b");
        task.drain().close();
        assertThat(target.rows("orders", "id", "a")).containsExactly("2|b");
    }

    /** A required column that somebody has made: BigQuery names no row, so halves are tried. */
    @Test
    void rowsThatBigQueryRefusesAreFound() {
        SourceTable required =
                SourceTable.of("shop", "orders").key("id", Schema.INT32_SCHEMA).column("a", Schema.STRING_SCHEMA);
        SourceTable optional = SourceTable.of("shop", "orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("a", Schema.OPTIONAL_STRING_SCHEMA);
        log.insert(required, 1, "a");
        target.run(log);
        log.insert(optional, 2, "b").insert(optional, 3, null).insert(optional, 4, "c");
        try (TaskDriver task = new TaskDriver(
                        log,
                        new io.millrace.sink.warehouse.WarehouseSinkTask(),
                        target.config("schema.evolution", "add"),
                        true)
                .open()) {
            task.drain();
            assertThat(task.deadLetters())
                    .extracting(record -> record.kafkaOffset())
                    .containsExactly(2L);
        }
        assertThat(target.rows("orders", "id", "a")).containsExactly("1|a", "2|b", "4|c");
        assertThat(target.gathered()).isEmpty();
    }
}
