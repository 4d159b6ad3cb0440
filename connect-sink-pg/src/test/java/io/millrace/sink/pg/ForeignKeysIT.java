package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign keys of the target: those between mirrored tables are refused, or left alone when that is asked for. */
class ForeignKeysIT {
    private static final SourceTable PARENT = SourceTable.of("public", "parent").key("id", Schema.INT32_SCHEMA);
    private static final SourceTable CHILD = SourceTable.of("public", "child")
            .key("id", Schema.INT32_SCHEMA)
            .column("parent", Schema.OPTIONAL_INT32_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    @BeforeEach
    void tables() {
        target.execute(
                "CREATE TABLE parent (id int PRIMARY KEY)",
                "CREATE TABLE child (id int PRIMARY KEY, parent int CONSTRAINT of_parent REFERENCES parent)");
    }

    @Test
    void betweenMirroredTablesIsRefusedBeforeAnythingChanges() {
        log.insert(PARENT, 1).insert(CHILD, 1, 1);
        TaskDriver task = target.task(log);
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("of_parent")
                .hasMessageContaining("public.parent")
                .hasMessageContaining("public.child")
                .hasMessageContaining("session.replication.role");
        task.kill();
        assertThat(target.rows("SELECT count(*) FROM parent")).containsExactly("0");
    }

    @Test
    void isFoundWhicheverTableComesFirst() {
        log.insert(PARENT, 1);
        target.task(log).drain().close();
        log.insert(CHILD, 1, 1);
        TaskDriver task = target.task(log);
        assertThatThrownBy(task::drain).hasMessageContaining("of_parent");
        task.kill();
        assertThat(target.rows("SELECT count(*) FROM child")).containsExactly("0");
    }

    @Test
    void isNotLookedAtAsAReplica() {
        log.insert(CHILD, 1, 7);
        target.task(log, "session.replication.role", "replica").drain().close();
        log.insert(PARENT, 7);
        target.task(log, "session.replication.role", "replica").drain().close();
        assertThat(target.rows("SELECT child.id, parent.id FROM child JOIN parent ON parent.id = child.parent"))
                .containsExactly("1|7");
    }

    @Test
    void toATableThatNobodyMirrorsHolds() {
        target.execute("INSERT INTO parent VALUES (1)");
        log.insert(CHILD, 1, 1);
        target.task(log).drain().close();
        assertThat(target.rows("SELECT * FROM child")).containsExactly("1|1");
    }

    @Test
    void aTableThatIsTiedToItselfIsRefused() {
        target.execute(
                "ALTER TABLE child DROP CONSTRAINT of_parent",
                "ALTER TABLE child ADD CONSTRAINT of_child FOREIGN KEY (parent) REFERENCES child");
        log.insert(CHILD, 1, null);
        TaskDriver task = target.task(log);
        assertThatThrownBy(task::drain).hasMessageContaining("of_child");
        task.kill();
    }
}
