package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.sql.TopicNotes;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the tables beside the ledger that operators look at: a row a target table, with its last resync and
 * whether it waits; and what is noted of topics ({@link TopicNotes}). Pure.
 */
record OperationsLog(String tables, String topics, Ledger ledger) {
    private static final String NOW = "CURRENT_TIMESTAMP()";

    List<String> create() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + tables
                        + " (ledger_id STRING NOT NULL, target STRING NOT NULL, resync STRING, state STRING, reason STRING, updated_at TIMESTAMP NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + topics
                        + " (ledger_id STRING NOT NULL, topic STRING NOT NULL, part INT64 NOT NULL, noted INT64 NOT NULL, noted_since TIMESTAMP NOT NULL)");
    }

    /** Gives a table its row. */
    String know(TableId table) {
        return "INSERT INTO " + tables + " (ledger_id, target, updated_at) SELECT " + Sql.text(ledger.id()) + ", "
                + Sql.text(table.toString()) + ", " + NOW
                + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM "
                + tables + " WHERE " + ledger.isTarget(table) + ")";
    }

    /** Changes a row when this token is new for the table, and ends the script when it is not. */
    List<String> resync(TableId table, String token) {
        return List.of(
                "UPDATE " + tables + " SET resync = " + Sql.text(token) + ", updated_at = " + NOW + " WHERE "
                        + ledger.isTarget(table) + " AND resync IS DISTINCT FROM " + Sql.text(token),
                "ASSERT @@row_count = 1 AS " + Sql.text(BigQueryErrors.FENCED));
    }

    /** Ends the script when no feed of the table is in the ledger. */
    String mustBeKnown(TableId table) {
        return "ASSERT EXISTS (" + ledger.knows(table) + ") AS " + Sql.text(BigQueryErrors.UNKNOWN);
    }

    String show(TableId table, String state, String reason) {
        return "UPDATE " + tables + " SET state = " + Sql.text(state) + ", reason = " + Sql.text(reason)
                + ", updated_at = " + NOW + " WHERE " + ledger.isTarget(table);
    }

    /** No table waits until it is shown again. */
    String forgetStates() {
        return "UPDATE " + tables + " SET state = NULL, reason = NULL, updated_at = " + NOW + " WHERE ledger_id = "
                + Sql.text(ledger.id()) + " AND state IS NOT NULL";
    }

    /** Notes partitions that were not known. */
    String know(Collection<TopicPartition> found) {
        String values = found.stream()
                .map(each -> "SELECT " + Sql.text(each.topic()) + " AS topic, " + each.partition() + " AS part")
                .collect(Collectors.joining(" UNION ALL "));
        return insert(
                "v.part",
                "CASE WHEN EXISTS (" + row("c", "v.topic", TopicNotes.COMPLETE) + ") THEN " + TopicNotes.ADDED
                        + " ELSE " + TopicNotes.ORIGINAL + " END",
                values,
                row("p", "v.topic", "v.part"));
    }

    String accept(Collection<TopicPartition> found) {
        return "UPDATE " + topics + " SET noted = " + TopicNotes.ACCEPTED + " WHERE noted = " + TopicNotes.ADDED
                + " AND " + ledger.of(found);
    }

    String added(Collection<TopicPartition> found) {
        return "SELECT topic, part FROM " + topics + " WHERE noted = " + TopicNotes.ADDED + " AND " + ledger.of(found);
    }

    String incomplete() {
        return "SELECT topic FROM " + topics + " WHERE ledger_id = " + Sql.text(ledger.id())
                + " GROUP BY topic HAVING MAX(part) >= 0 AND COUNTIF(part = " + TopicNotes.COMPLETE + ") = 0";
    }

    /** In one transaction. */
    List<String> complete(Collection<String> names, int task, int tasks) {
        String said = String.valueOf(TopicNotes.said(task));
        String of = "ledger_id = " + Sql.text(ledger.id()) + " AND topic IN ("
                + names.stream().map(Sql::text).collect(Collectors.joining(", ")) + ")";
        String topic = names.stream()
                .map(name -> "SELECT " + Sql.text(name) + " AS topic")
                .collect(Collectors.joining(" UNION ALL "));
        String all = "COUNTIF(part BETWEEN " + TopicNotes.said(tasks - 1) + " AND " + TopicNotes.said(0)
                + " AND noted = " + tasks + ") = " + tasks + " AND COUNTIF(part >= 0) = MAX(part) + 1";
        return List.of(
                "UPDATE " + topics + " SET noted = " + tasks + " WHERE " + of + " AND part = " + said + " AND noted <> "
                        + tasks,
                insert(said, String.valueOf(tasks), topic, row("p", "v.topic", said)),
                insert(
                        String.valueOf(TopicNotes.COMPLETE),
                        "0",
                        "SELECT topic FROM " + topics + " WHERE " + of + " GROUP BY topic HAVING " + all,
                        row("p", "v.topic", TopicNotes.COMPLETE)));
    }

    String forget(String topic) {
        return "DELETE FROM " + topics + " WHERE ledger_id = " + Sql.text(ledger.id()) + " AND topic = "
                + Sql.text(topic);
    }

    private String insert(String partition, String noted, String values, String unless) {
        return "INSERT INTO " + topics + " (ledger_id, topic, part, noted, noted_since) SELECT "
                + Sql.text(ledger.id()) + ", v.topic, " + partition + ", " + noted + ", " + NOW + " FROM (" + values
                + ") AS v WHERE NOT EXISTS (" + unless + ")";
    }

    private String row(String name, String topic, Object partition) {
        return "SELECT 1 FROM " + topics + " AS " + name + " WHERE " + name + ".ledger_id = " + Sql.text(ledger.id())
                + " AND " + name + ".topic = " + topic + " AND " + name + ".part = " + partition;
    }
}
