package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.sql.TopicNotes;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the table of what is noted of topics ({@link TopicNotes}). Rows are only added: of those of a partition
 * the one with the lowest number counts, so that what is accepted stays so, and of a task's words the last. Pure.
 */
record TopicLog(String table, String id) {
    private static final String COLUMNS = "(ledger_id, topic, `partition`, noted, version)";
    private static final String NOW = "toUInt64(toUnixTimestamp64Micro(now64(6)))";

    String create() {
        return "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                + "  ledger_id String,\n  topic String,\n  `partition` Int32,\n  noted Int32,\n  version UInt64,\n"
                + "  noted_since DateTime64(6, 'UTC') DEFAULT now64(6)\n"
                + ") ENGINE = ReplacingMergeTree(version) ORDER BY (ledger_id, topic, `partition`)";
    }

    /** What is noted of these topics: topic, partition or what stands in its place, number. */
    String read(Collection<String> topics) {
        return "SELECT topic, `partition`, noted FROM " + table + " FINAL WHERE " + of(topics);
    }

    String note(Map<TopicPartition, Integer> numbers) {
        return insert()
                + numbers.entrySet().stream()
                        .map(each -> "(" + Sql.text(id) + ", "
                                + Sql.text(each.getKey().topic()) + ", "
                                + each.getKey().partition() + ", " + each.getValue() + ", "
                                + (TopicNotes.ADDED - each.getValue()) + ")")
                        .collect(Collectors.joining(", "));
    }

    String say(Collection<String> topics, int task, int tasks) {
        return insert()
                + topics.stream()
                        .map(topic -> "(" + Sql.text(id) + ", " + Sql.text(topic) + ", " + TopicNotes.said(task) + ", "
                                + tasks + ", " + NOW + ")")
                        .collect(Collectors.joining(", "));
    }

    /** After all that is said: whoever says it last sees what the others have said. */
    String complete(Collection<String> topics, int tasks) {
        return "INSERT INTO " + table + " " + COLUMNS + " SELECT " + Sql.text(id) + ", topic, " + TopicNotes.COMPLETE
                + ", 0, 0 FROM " + table + " FINAL WHERE " + of(topics) + " GROUP BY topic HAVING "
                + TopicNotes.isComplete("`partition`", "noted", tasks) + " AND countIf(`partition` = "
                + TopicNotes.COMPLETE + ") = 0";
    }

    String incomplete() {
        return "SELECT topic FROM " + table + " FINAL WHERE ledger_id = " + Sql.text(id)
                + " GROUP BY topic HAVING max(`partition`) >= 0 AND countIf(`partition` = " + TopicNotes.COMPLETE
                + ") = 0";
    }

    String forget(String topic) {
        return "DELETE FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND topic = " + Sql.text(topic);
    }

    private String insert() {
        return "INSERT INTO " + table + " " + COLUMNS + " VALUES ";
    }

    private String of(Collection<String> topics) {
        return "ledger_id = " + Sql.text(id) + " AND topic IN ("
                + topics.stream().sorted().map(Sql::text).collect(Collectors.joining(", ")) + ")";
    }
}
