package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.sql.Connection;
import java.sql.Statement;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
                task.drain();
            }
        }
        assertThat(target.rows("SELECT id FROM bad ORDER BY id")).containsExactly("1", "2");
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
