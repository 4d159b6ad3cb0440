package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.sql.TopicNotes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the tables beside the ledger that operators look at: a row a target table, with its last resync and
 * whether it waits; and what is noted of topics ({@link TopicNotes}). Pure.
 */
record OperationsLog(String tables, String topics, Ledger ledger) {
    List<String> create() {
        List<String> create = new ArrayList<>(ledger.create());
        create.add("CREATE TABLE IF NOT EXISTS " + tables
                + " (ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, resync VARCHAR, state VARCHAR, reason VARCHAR"
                + ", updated_at TIMESTAMP_TZ(6) NOT NULL)");
        create.add("CREATE TABLE IF NOT EXISTS " + topics
                + " (ledger_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, part NUMBER(10,0) NOT NULL, noted NUMBER(10,0) NOT NULL"
                + ", noted_since TIMESTAMP_TZ(6) NOT NULL)");
        return create;
    }

    /** Gives a table its row. */
    String know(TableId table) {
        return "INSERT INTO " + tables + " (ledger_id, target, updated_at) SELECT " + Sql.text(ledger.id()) + ", "
                + Sql.text(table.toString()) + ", " + Sql.NOW
                + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM " + tables + " WHERE " + is(table)
                + ")";
    }

    /** Changes a row when this token is new for the table. */
    String resync(TableId table, String token) {
        return "UPDATE " + tables + " SET resync = " + Sql.text(token) + ", updated_at = " + Sql.NOW + " WHERE "
                + is(table) + " AND resync IS DISTINCT FROM " + Sql.text(token);
    }

    /** Every feed of the table goes back to the beginning, and whoever has claimed one is fenced. */
    String restart(TableId table) {
        return "UPDATE " + ledger.table() + " SET next = 0, epoch = epoch + 1, last_offset = NULL,"
                + " last_timestamp = NULL, last_key_hash = NULL, updated_at = " + Sql.NOW + " WHERE " + is(table);
    }

    String known(TableId table) {
        return "SELECT target FROM " + ledger.table() + " WHERE " + is(table) + " LIMIT 1";
    }

    /** The tables that this connector feeds. */
    String targets() {
        return "SELECT DISTINCT target FROM " + ledger.table() + " WHERE ledger_id = " + Sql.text(ledger.id())
                + " AND target <> ''";
    }

    String show(TableId table, String state, String reason) {
        return "UPDATE " + tables + " SET state = " + Sql.text(state) + ", reason = " + Sql.text(reason)
                + ", updated_at = " + Sql.NOW + " WHERE " + is(table);
    }

    /** No table waits until it is shown again. */
    String forgetStates() {
        return "UPDATE " + tables + " SET state = NULL, reason = NULL, updated_at = " + Sql.NOW + " WHERE ledger_id = "
                + Sql.text(ledger.id()) + " AND state IS NOT NULL";
    }

    /** Notes partitions that were not known. */
    String know(Collection<TopicPartition> found) {
        return insert(
                        "v.v_part",
                        "CASE WHEN c.topic IS NULL THEN " + TopicNotes.ORIGINAL + " ELSE " + TopicNotes.ADDED + " END")
                + " FROM ("
                + found.stream()
                        .map(each ->
                                "SELECT " + Sql.text(each.topic()) + " AS v_topic, " + each.partition() + " AS v_part")
                        .collect(Collectors.joining(" UNION ALL "))
                + ") AS v" + row("c", String.valueOf(TopicNotes.COMPLETE)) + row("p", "v.v_part")
                + " WHERE p.topic IS NULL";
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
                + " GROUP BY topic HAVING MAX(part) >= 0 AND COUNT(CASE WHEN part = " + TopicNotes.COMPLETE
                + " THEN 1 END) = 0";
    }

    /** In one transaction. */
    List<String> complete(Collection<String> names, int task, int tasks) {
        String said = String.valueOf(TopicNotes.said(task));
        String of = "ledger_id = " + Sql.text(ledger.id()) + " AND topic IN ("
                + names.stream().map(Sql::text).collect(Collectors.joining(", ")) + ")";
        String named = names.stream()
                .map(name -> "SELECT " + Sql.text(name) + " AS v_topic")
                .collect(Collectors.joining(" UNION ALL "));
        return List.of(
                "UPDATE " + topics + " SET noted = " + tasks + " WHERE " + of + " AND part = " + said + " AND noted <> "
                        + tasks,
                insert(said, String.valueOf(tasks)) + " FROM (" + named + ") AS v" + row("p", said)
                        + " WHERE p.topic IS NULL",
                insert(String.valueOf(TopicNotes.COMPLETE), "0") + " FROM (SELECT topic AS v_topic FROM " + topics
                        + " WHERE " + of + " GROUP BY topic HAVING " + TopicNotes.isComplete("part", "noted", tasks)
                        + ") AS v" + row("p", String.valueOf(TopicNotes.COMPLETE)) + " WHERE p.topic IS NULL");
    }

    String forget(String topic) {
        return "DELETE FROM " + topics + " WHERE ledger_id = " + Sql.text(ledger.id()) + " AND topic = "
                + Sql.text(topic);
    }

    private String insert(String partition, String noted) {
        return "INSERT INTO " + topics + " (ledger_id, topic, part, noted, noted_since) SELECT " + Sql.text(ledger.id())
                + ", v.v_topic, " + partition + ", " + noted + ", " + Sql.NOW;
    }

    /** Joins the row of a topic and partition, if there is one. */
    private String row(String name, String partition) {
        return " LEFT JOIN " + topics + " AS " + name + " ON " + name + ".ledger_id = " + Sql.text(ledger.id())
                + " AND " + name + ".topic = v.v_topic AND " + name + ".part = " + partition;
    }

    private String is(TableId table) {
        return "ledger_id = " + Sql.text(ledger.id()) + " AND target = " + Sql.text(table.toString());
    }
}
