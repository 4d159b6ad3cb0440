package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that is locked, or that the role may not write, does not hold the others. */
class TablesApartIT {
    private static final SourceTable GOOD = table("good");
    private static final SourceTable BAD = table("bad");

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private static SourceTable table(String name) {
        return SourceTable.of("public", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    @BeforeEach
    void rows() {
        log.insert(GOOD, 1, "a").insert(BAD, 1, "a");
        target.task(log).drain().close();
    }

    @Test
    void aLockedTableDelaysOnlyItself() throws Exception {
        try (Connection holder = target.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE bad IN ACCESS EXCLUSIVE MODE");
            log.insert(GOOD, 2, "b").insert(BAD, 2, "b");
            try (TaskDriver task = target.task(log, "lock.timeout.ms", "100", "sync.interval.ms", "0")) {
                for (int i = 0; i < 8; i++) {
                    task.step();
                    task.commit();
                }
                assertThat(target.rows("SELECT id FROM good ORDER BY id")).containsExactly("1", "2");
                holder.rollback();
                task.until(() -> target.rows("SELECT id FROM bad").size() == 2);
            }
        }
        assertThat(target.rows("SELECT id FROM bad ORDER BY id")).containsExactly("1", "2");
    }

    /** Only its first flush waits for all of lock.timeout.ms. */
    @ParameterizedTest
    @ValueSource(strings = {"park", "fail"})
    void aLockedTableIsTriedAgainEverLessOften(String policy) throws Exception {
        try (Connection holder = target.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE bad IN ACCESS EXCLUSIVE MODE");
            String[] config = {"lock.timeout.ms", "1500", "sync.interval.ms", "0", "table.error.policy", policy};
            try (TaskDriver task = target.task(log, config)) {
                long since = System.nanoTime();
                for (int i = 2; i < 22; i++) {
                    log.insert(GOOD, i, "b").insert(BAD, i, "b");
                    task.step();
                    task.commit();
                }
                task.until(() -> target.rows("SELECT id FROM good").size() == 21);
                assertThat((System.nanoTime() - since) / 1_000_000)
                        .as("of twenty flushes")
                        .isLessThan(10 * 1500);
                task.until(() -> target.rows("SELECT state FROM millrace_freshness WHERE table_name = 'public.bad'")
                        .equals(List.of("waiting")));
                assertThat(task.commit()).containsEntry(new TopicPartition(BAD.topic(), 0), 1L);
                holder.rollback();
                log.update(BAD, 2, "c");
                task.until(() -> target.rows("SELECT id FROM bad").size() == 21);
                task.until(() -> target.rows("SELECT state FROM millrace_freshness WHERE table_name = 'public.bad'")
                        .equals(List.of("active")));
            }
        }
        assertThat(target.rows("SELECT v, count(*) FROM bad WHERE id > 1 GROUP BY v ORDER BY v"))
                .containsExactly("b|19", "c|1");
    }

    @Test
    @Tag("extended")
    void aTableThatStaysLockedIsParked() throws Exception {
        try (Connection holder = target.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE bad IN ACCESS EXCLUSIVE MODE");
            log.insert(GOOD, 2, "b").insert(BAD, 2, "b");
            String[] config = {"lock.timeout.ms", "100", "flush.timeout.ms", "1500"};
            String[] parks = {"lock.timeout.ms", "100", "flush.timeout.ms", "1500", "table.error.policy", "park"};
            try (TaskDriver task = target.task(log, parks)) {
                task.until(() -> target.rows("SELECT state FROM millrace_freshness WHERE table_name = 'public.bad'")
                        .equals(List.of("parked")));
            }
            TaskDriver failing = target.task(log, config);
            assertThatThrownBy(() -> failing.until(() -> false))
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContaining("public.bad")
                    .hasMessageContaining("flush.timeout.ms=1500");
            failing.kill();
        }
        assertThat(target.rows("SELECT id FROM good ORDER BY id")).containsExactly("1", "2");
    }

    @Test
    void aTableThatTheRoleMayNotWriteIsParked() {
        target.execute(
                "DROP ROLE IF EXISTS partly",
                "CREATE ROLE partly LOGIN PASSWORD 'x'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON good, millrace_ledger TO partly",
                "GRANT SELECT ON bad TO partly");
        log.insert(GOOD, 2, "b").insert(BAD, 2, "b");
        String[] config = {"connection.username", "partly", "connection.password", "x", "table.error.policy", "park"};
        try (TaskDriver task = target.task(log, config).drain()) {
            log.insert(GOOD, 3, "c").insert(BAD, 3, "c");
            task.drain();
        }
        assertThat(target.rows("SELECT id FROM good ORDER BY id")).containsExactly("1", "2", "3");
        assertThat(target.rows("SELECT id FROM bad")).containsExactly("1");
        target.execute("GRANT INSERT, UPDATE, DELETE ON bad TO partly");
        target.task(log, config).drain().close();
        assertThat(target.rows("SELECT id FROM bad ORDER BY id")).containsExactly("1", "2", "3");
    }
}
