package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.TableId;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the tables beside the ledger that operators look at: a row a target table, with its last resync and
 * whether it waits; and a row a partition, with when it became known. Pure.
 */
record OperationsLog(String tables, String partitions, Ledger ledger) {
    /** A task may begin with some of a topic's partitions this long after the first. */
    private static final String SETTLED = "15 minutes";

    List<String> create() {
        return List.of(
                ledger.create(),
                "CREATE TABLE IF NOT EXISTS " + tables + " (\n"
                        + "  ledger_id VARCHAR NOT NULL,\n  target VARCHAR NOT NULL,\n  resync VARCHAR,\n"
                        + "  state VARCHAR,\n  reason VARCHAR,\n  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                        + "  PRIMARY KEY (ledger_id, target)\n)",
                "CREATE TABLE IF NOT EXISTS " + partitions + " (\n"
                        + "  ledger_id VARCHAR NOT NULL,\n  topic VARCHAR NOT NULL,\n  \"partition\" INTEGER NOT NULL,\n"
                        + "  accepted BOOLEAN NOT NULL,\n  known_since TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                        + "  PRIMARY KEY (ledger_id, topic, \"partition\")\n)");
    }

    /** Gives a table its row. */
    String know(TableId table) {
        return "INSERT INTO " + tables + " SELECT " + Sql.text(ledger.id()) + ", " + Sql.text(table.toString())
                + ", NULL, NULL, NULL, now() WHERE NOT EXISTS (SELECT 1 FROM " + tables + " WHERE " + is(table) + ")";
    }

    /** Changes a row when this token is new for the table. */
    String resync(TableId table, String token) {
        return "UPDATE " + tables + " SET resync = " + Sql.text(token) + ", updated_at = now() WHERE " + is(table)
                + " AND resync IS DISTINCT FROM " + Sql.text(token);
    }

    /** Every feed of the table goes back to the beginning, and whoever has claimed one is fenced. */
    String restart(TableId table) {
        return "UPDATE " + ledger.table() + " SET next = 0, epoch = epoch + 1, last_offset = NULL,"
                + " last_timestamp = NULL, last_key_hash = NULL, updated_at = now() WHERE " + is(table);
    }

    String known(TableId table) {
        return "SELECT 1 FROM " + ledger.table() + " WHERE " + is(table) + " LIMIT 1";
    }

    String show(TableId table, String state, String reason) {
        return "UPDATE " + tables + " SET state = " + Sql.text(state) + ", reason = " + Sql.text(reason)
                + ", updated_at = now() WHERE " + is(table);
    }

    /** No table waits until it is shown again. */
    String forgetStates() {
        return "UPDATE " + tables + " SET state = NULL, reason = NULL, updated_at = now() WHERE ledger_id = "
                + Sql.text(ledger.id()) + " AND state IS NOT NULL";
    }

    /** Notes partitions that were not known. */
    String know(Collection<TopicPartition> found) {
        return "INSERT INTO " + partitions + " SELECT " + Sql.text(ledger.id())
                + ", v.topic, v.part, false, now() FROM (VALUES " + values(found)
                + ") AS v (topic, part) WHERE NOT EXISTS (SELECT 1 FROM " + partitions + " AS p WHERE p.ledger_id = "
                + Sql.text(ledger.id()) + " AND p.topic = v.topic AND p.\"partition\" = v.part)";
    }

    String accept(Collection<TopicPartition> found) {
        return "UPDATE " + partitions + " SET accepted = true WHERE NOT accepted AND " + in(found);
    }

    /** Partitions that became known long after the first one of their topic. */
    String added(Collection<TopicPartition> found) {
        return "SELECT topic, \"partition\" FROM " + partitions + " AS p WHERE NOT accepted AND " + in(found)
                + " AND known_since > (SELECT min(f.known_since) + INTERVAL '" + SETTLED + "' FROM " + partitions
                + " AS f WHERE f.ledger_id = p.ledger_id AND f.topic = p.topic)";
    }

    private String is(TableId table) {
        return "ledger_id = " + Sql.text(ledger.id()) + " AND target = " + Sql.text(table.toString());
    }

    private String in(Collection<TopicPartition> found) {
        return "ledger_id = " + Sql.text(ledger.id()) + " AND (topic, \"partition\") IN (" + values(found) + ")";
    }

    private static String values(Collection<TopicPartition> found) {
        return found.stream()
                .map(each -> "(" + Sql.text(each.topic()) + ", " + each.partition() + ")")
                .collect(Collectors.joining(", "));
    }
}
