package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A topic's records folded to one row a key, as a sink would, and checked on the way: rows carry a column {@code v} that
 * grows with every change of a row, and no record may bring an older one than was seen for its key.
 */
final class FoldedTopic {
    private static final String PLACEHOLDER = "__debezium_unavailable_value";

    private final Map<Object, Map<String, Object>> rows = new HashMap<>();
    private final Map<Object, Long> versions = new HashMap<>();
    private final Map<Object, Boolean> deleted = new HashMap<>();
    private final Map<Object, List<String>> history = new HashMap<>();
    private final boolean repeats;
    int copied;

    private FoldedTopic(boolean repeats) {
        this.repeats = repeats;
    }

    static FoldedTopic of(List<SourceRecord> records) {
        return of(records, false);
    }

    /** @param repeats whether a crash may have made the stream repeat itself, so that versions go back now and then */
    static FoldedTopic of(List<SourceRecord> records, boolean repeats) {
        FoldedTopic folded = new FoldedTopic(repeats);
        records.forEach(folded::add);
        return folded;
    }

    private void add(SourceRecord record) {
        if (record.value() instanceof Struct all && "t".equals(all.getString("op"))) {
            rows.clear();
            versions.clear();
            return;
        }
        Object key = ((Struct) record.key()).toString();
        if (record.value() == null) {
            return;
        }
        Struct value = (Struct) record.value();
        String op = value.getString("op");
        history.computeIfAbsent(key, ignored -> new ArrayList<>())
                .add(op
                        + (value.getStruct("after") == null
                                ? ""
                                : value.getStruct("after").getInt64("v"))
                        + "@" + value.getStruct("source").getInt64("lsn")
                        + (record.headers().isEmpty() ? "" : " " + record.headers()));
        if (op.equals("d")) {
            rows.remove(key);
            deleted.put(key, true);
            return;
        }
        Struct after = value.getStruct("after");
        long version = after.getInt64("v");
        long seen = versions.getOrDefault(key, -1L);
        if (!repeats) {
            assertThat(version).as("versions of %s: %s", key, history.get(key)).isGreaterThanOrEqualTo(seen);
            if (op.equals("r") && deleted.getOrDefault(key, false)) {
                assertThat(version)
                        .as("a copied row of %s after its delete: %s", key, history.get(key))
                        .isGreaterThan(seen);
            }
        }
        if (op.equals("r")) {
            copied++;
        }
        versions.put(key, version);
        deleted.remove(key);
        Map<String, Object> row = new TreeMap<>();
        Map<String, Object> old = rows.get(key);
        for (Field field : after.schema().fields()) {
            Object column = after.get(field);
            if (PLACEHOLDER.equals(column)) {
                if (old == null) {
                    assertThat(record.headers().lastWithName(Headers.REPLAY) != null
                                    || record.headers().lastWithName(Headers.GONE) != null)
                            .as("a partial update of absent row %s that does not say so: %s", key, history.get(key))
                            .isTrue();
                    return;
                }
                column = old.get(field.name());
            }
            row.put(field.name(), shortened(column));
        }
        rows.put(key, row);
    }

    int size() {
        return rows.size();
    }

    /** Where the rows, as texts, are not these: a few of each side. */
    List<String> differences(List<String> expected) {
        Set<String> missing = new TreeSet<>(expected);
        Set<String> more = new TreeSet<>();
        rows.values().forEach(row -> {
            if (!missing.remove(row.toString())) {
                more.add(row.toString());
            }
        });
        List<String> differences = new ArrayList<>();
        missing.stream().limit(5).forEach(row -> differences.add("missing of " + missing.size() + ": " + row));
        more.stream().limit(5).forEach(row -> differences.add("too much of " + more.size() + ": " + row));
        return differences;
    }

    /** Long texts by their hash, so that a difference can be read. */
    static @Nullable Object shortened(@Nullable Object value) {
        return value instanceof String text && text.length() > 40
                ? text.substring(0, 10) + "#" + text.length() + "#" + text.hashCode()
                : value;
    }
}
