package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.TableId;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the table beside the ledger that operators look at: a table's last resync, and whether it waits in a
 * partition. Of rows of the same key the latest counts. Pure.
 */
record OperationsLog(String tables, String id) {
    String create() {
        return "CREATE TABLE IF NOT EXISTS " + tables + " (\n"
                + "  ledger_id String,\n  target String,\n  kind LowCardinality(String),\n  topic String,\n  `partition` Int32,\n"
                + "  value String,\n  reason String,\n  updated_at DateTime64(6, 'UTC') DEFAULT now64(6)\n"
                + ") ENGINE = ReplacingMergeTree(updated_at) ORDER BY (ledger_id, target, kind, topic, `partition`)";
    }

    /** The token of the table's last resync. */
    String resync(TableId table) {
        return "SELECT value FROM " + tables + " FINAL WHERE ledger_id = " + Sql.text(id) + " AND target = "
                + Sql.text(table.toString()) + " AND kind = 'resync'";
    }

    String resynced(TableId table, String token) {
        return "INSERT INTO " + tables + " (ledger_id, target, kind, topic, `partition`, value, reason) VALUES ("
                + Sql.text(id) + ", " + Sql.text(table.toString()) + ", 'resync', '', 0, " + Sql.text(token) + ", '')";
    }

    String show(TableId table, Collection<TopicPartition> found, String state, String reason) {
        return "INSERT INTO " + tables + " (ledger_id, target, kind, topic, `partition`, value, reason) VALUES "
                + found.stream()
                        .map(each -> "(" + Sql.text(id) + ", " + Sql.text(table.toString()) + ", 'state', "
                                + Sql.text(each.topic()) + ", " + each.partition() + ", " + Sql.text(state) + ", "
                                + Sql.text(reason) + ")")
                        .collect(Collectors.joining(", "));
    }

    /** No table waits in these partitions until it is shown again. */
    String forgetStates(Collection<TopicPartition> found) {
        return "INSERT INTO " + tables + " (ledger_id, target, kind, topic, `partition`, value, reason)"
                + " SELECT ledger_id, target, kind, topic, `partition`, '', '' FROM " + tables
                + " FINAL WHERE kind = 'state' AND value != '' AND " + in(found);
    }

    private String in(Collection<TopicPartition> found) {
        return "ledger_id = " + Sql.text(id) + " AND (topic, `partition`) IN ("
                + found.stream()
                        .map(each -> "(" + Sql.text(each.topic()) + ", " + each.partition() + ")")
                        .collect(Collectors.joining(", "))
                + ")";
    }
}
