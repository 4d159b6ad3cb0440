package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.sql.TopicNotes;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The statements on the tables beside the ledger that operators look at: a row a target table, with its last resync and
 * whether it waits; and what is noted of topics ({@link TopicNotes}). Pure.
 */
record OperationsLog(String tables, String topics, Commits commits) {
    private Ledger ledger() {
        return commits.ledger();
    }

    List<String> create() {
        return List.of(
                ledger().create(),
                commits.create(),
                "CREATE TABLE IF NOT EXISTS " + tables + " (\n"
                        + "  ledger_id VARCHAR NOT NULL,\n  target VARCHAR NOT NULL,\n  resync VARCHAR,\n"
                        + "  state VARCHAR,\n  reason VARCHAR,\n  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                        + "  PRIMARY KEY (ledger_id, target)\n)",
                "CREATE TABLE IF NOT EXISTS " + topics + " (\n"
                        + "  ledger_id VARCHAR NOT NULL,\n  topic VARCHAR NOT NULL,\n  \"partition\" INTEGER NOT NULL,\n"
                        + "  noted INTEGER NOT NULL,\n  noted_since TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                        + "  PRIMARY KEY (ledger_id, topic, \"partition\")\n)");
    }

    /** Gives a table its row. */
    String know(TableId table) {
        return "INSERT INTO " + tables + " SELECT " + Sql.text(ledger().id()) + ", " + Sql.text(table.toString())
                + ", NULL, NULL, NULL, now() WHERE NOT EXISTS (SELECT 1 FROM " + tables + " WHERE " + is(table) + ")";
    }

    /** Changes a row when this token is new for the table. */
    String resync(TableId table, String token) {
        return "UPDATE " + tables + " SET resync = " + Sql.text(token) + ", updated_at = now() WHERE " + is(table)
                + " AND resync IS DISTINCT FROM " + Sql.text(token);
    }

    /** Every feed of the table goes back to the beginning, and whoever has claimed one is fenced. */
    String restart(TableId table) {
        return "UPDATE " + ledger().table() + " SET next = 0, epoch = epoch + 1, last_offset = NULL,"
                + " last_timestamp = NULL, last_key_hash = NULL, updated_at = now() WHERE " + is(table);
    }

    /** What is behind the beginning is not passed any more; behind a {@link #restart} in its transaction. */
    String forgetCommits(TableId table) {
        return "DELETE FROM " + commits.table() + " WHERE " + is(table);
    }

    String known(TableId table) {
        return "SELECT 1 FROM " + ledger().table() + " WHERE " + is(table) + " LIMIT 1";
    }

    /** The tables that this connector feeds. */
    String targets() {
        return "SELECT DISTINCT target FROM " + ledger().table() + " WHERE ledger_id = " + Sql.text(ledger().id());
    }

    /** {@code state} is null for a table that does not wait. */
    String show(TableId table, @Nullable String state, String reason) {
        return "UPDATE " + tables + " SET state = " + (state == null ? "NULL" : Sql.text(state)) + ", reason = "
                + Sql.text(reason) + ", updated_at = now() WHERE " + is(table);
    }

    /** No table waits until it is shown again. */
    String forgetStates() {
        return "UPDATE " + tables + " SET state = NULL, reason = NULL, updated_at = now() WHERE ledger_id = "
                + Sql.text(ledger().id()) + " AND state IS NOT NULL";
    }

    /** Notes partitions that were not known. */
    String know(Collection<TopicPartition> found) {
        return insert(
                        "v.part",
                        "CASE WHEN EXISTS (" + row("c", "v.topic", TopicNotes.COMPLETE) + ") THEN " + TopicNotes.ADDED
                                + " ELSE " + TopicNotes.ORIGINAL + " END")
                + " FROM (VALUES " + values(found) + ") AS v (topic, part) WHERE NOT EXISTS ("
                + row("p", "v.topic", "v.part") + ")";
    }

    String accept(Collection<TopicPartition> found) {
        return "UPDATE " + topics + " SET noted = " + TopicNotes.ACCEPTED + " WHERE noted = " + TopicNotes.ADDED
                + " AND " + in(found);
    }

    String added(Collection<TopicPartition> found) {
        return "SELECT topic, \"partition\" FROM " + topics + " WHERE noted = " + TopicNotes.ADDED + " AND "
                + in(found);
    }

    String incomplete() {
        return "SELECT topic FROM " + topics + " WHERE ledger_id = " + Sql.text(ledger().id())
                + " GROUP BY topic HAVING max(\"partition\") >= 0 AND count(*) FILTER (WHERE \"partition\" = "
                + TopicNotes.COMPLETE + ") = 0";
    }

    /** In one transaction. */
    List<String> complete(Collection<String> names, int task, int tasks) {
        String said = String.valueOf(TopicNotes.said(task));
        String these = "(" + names.stream().map(Sql::text).collect(Collectors.joining(", ")) + ")";
        String of = "ledger_id = " + Sql.text(ledger().id()) + " AND topic IN " + these;
        return List.of(
                "UPDATE " + topics + " SET noted = " + tasks + " WHERE " + of + " AND \"partition\" = " + said
                        + " AND noted <> " + tasks,
                insert(said, String.valueOf(tasks)) + " FROM (VALUES "
                        + names.stream().map(name -> "(" + Sql.text(name) + ")").collect(Collectors.joining(", "))
                        + ") AS v (topic) WHERE NOT EXISTS (" + row("p", "v.topic", said) + ")",
                insert(String.valueOf(TopicNotes.COMPLETE), "0") + " FROM (SELECT topic FROM " + topics + " WHERE " + of
                        + " GROUP BY topic HAVING " + TopicNotes.isComplete("\"partition\"", "noted", tasks)
                        + ") AS v WHERE NOT EXISTS (" + row("p", "v.topic", TopicNotes.COMPLETE) + ")");
    }

    String forget(String topic) {
        return "DELETE FROM " + topics + " WHERE ledger_id = " + Sql.text(ledger().id()) + " AND topic = "
                + Sql.text(topic);
    }

    private String insert(String partition, String noted) {
        return "INSERT INTO " + topics + " SELECT " + Sql.text(ledger().id()) + ", v.topic, " + partition + ", " + noted
                + ", now()";
    }

    private String row(String name, String topic, Object partition) {
        return "SELECT 1 FROM " + topics + " AS " + name + " WHERE " + name + ".ledger_id = " + Sql.text(ledger().id())
                + " AND " + name + ".topic = " + topic + " AND " + name + ".\"partition\" = " + partition;
    }

    private String is(TableId table) {
        return "ledger_id = " + Sql.text(ledger().id()) + " AND target = " + Sql.text(table.toString());
    }

    private String in(Collection<TopicPartition> found) {
        return "ledger_id = " + Sql.text(ledger().id()) + " AND (topic, \"partition\") IN (" + values(found) + ")";
    }

    private static String values(Collection<TopicPartition> found) {
        return found.stream()
                .map(each -> "(" + Sql.text(each.topic()) + ", " + each.partition() + ")")
                .collect(Collectors.joining(", "));
    }
}
