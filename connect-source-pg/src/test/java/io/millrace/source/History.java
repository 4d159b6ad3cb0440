package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a topic's records make of a table with the columns {@code n}, which is unique, {@code v}, which every update of a
 * row raises by one and an insert sets to 0, and {@code big}, which is often an unchanged TOAST value.
 */
final class History {
    private static final String PLACEHOLDER = "__debezium_unavailable_value";

    private record Row(long n, long v, @Nullable Object big) {}

    private final Map<String, Row> rows = new HashMap<>();
    private final Map<String, List<String>> told = new HashMap<>();
    private final boolean exact;
    private int copied;

    private History(boolean exact) {
        this.exact = exact;
    }

    /** @param exact whether every change has to be there once, as for a target that appends */
    static History of(List<SourceRecord> log, String topic, boolean exact) {
        History history = new History(exact);
        log.stream()
                .filter(record -> record.topic().equals(topic) && record.value() != null)
                .forEach(history::add);
        return history;
    }

    private void add(SourceRecord record) {
        Struct value = (Struct) record.value();
        String op = value.getString("op");
        if (op.equals("t")) {
            rows.clear();
            return;
        }
        String key = String.valueOf(record.key());
        Struct after = value.getStruct("after");
        List<String> story = told.computeIfAbsent(key, ignored -> new ArrayList<>());
        story.add(op + (after == null ? "" : after.getInt64("v")) + "@"
                + value.getStruct("source").getInt64("lsn"));
        Row before = rows.get(key);
        if (exact) {
            assertThat(before != null).as("%s has a row: %s", key, story).isEqualTo(op.equals("u") || op.equals("d"));
            if (before != null && after != null) {
                assertThat(after.getInt64("v")).as("v of %s: %s", key, story).isEqualTo(before.v + 1);
            }
        }
        if (after == null) {
            rows.remove(key);
            return;
        }
        copied += op.equals("r") ? 1 : 0;
        Object big = after.get("big");
        if (PLACEHOLDER.equals(big)) {
            boolean says = record.headers().lastWithName(Headers.GONE) != null
                    || !exact && record.headers().lastWithName(Headers.REPLAY) != null;
            if (before == null) {
                assertThat(says).as("a partial row of %s: %s", key, story).isTrue();
                if (!exact) {
                    return;
                }
            } else {
                big = before.big;
            }
        }
        rows.put(key, new Row(after.getInt64("n"), after.getInt64("v"), big));
    }

    /** How many rows came from a snapshot. */
    int copied() {
        return copied;
    }

    /** Each row as n, v and big. */
    TreeSet<String> rows() {
        TreeSet<String> all = new TreeSet<>();
        rows.values().forEach(row -> all.add(row.n + " " + row.v + " " + FoldedTopic.shortened(row.big)));
        return all;
    }
}
