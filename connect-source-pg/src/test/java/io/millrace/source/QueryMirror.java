package io.millrace.source;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.testing.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Configurations of the query connector, and what its records say. */
final class QueryMirror {
    private QueryMirror() {}

    /** A mirror with quick runs; what it reads is for the test to say, as key, value and so on. */
    static Map<String, String> config(PostgresServer server, String prefix, String... further) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", PostgresQuerySourceConnector.class.getName());
        config.put("database.hostname", server.host());
        config.put("database.port", Integer.toString(server.port()));
        config.put("database.user", server.user());
        config.put("database.password", server.password());
        config.put("database.dbname", server.database());
        config.put("topic.prefix", prefix);
        config.put("poll.interval.ms", "50");
        config.put("refresh.interval.ms", "100");
        for (int i = 0; i < further.length; i += 2) {
            config.put(further[i], further[i + 1]);
        }
        return config;
    }

    /** What validation says: messages by key. */
    static Map<String, List<String>> errors(Map<String, String> config) {
        return new PostgresQuerySourceConnector()
                .validate(config).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
    }

    static Map<String, String> with(Map<String, String> config, Consumer<Map<String, String>> change) {
        Map<String, String> changed = new HashMap<>(config);
        change.accept(changed);
        return changed;
    }

    /** A field of each row, in the order of the records. */
    static List<Object> field(List<SourceRecord> records, String name) {
        return records.stream().map(record -> TaskRun.after(record).get(name)).toList();
    }

    /** Up to where a mirror has come, as it is stored; null before. */
    static @Nullable Object mark(MemoryOffsets offsets, String server, String mirror) {
        Map<String, Object> offset = offsets.offset(QueryKindsIT.partition(server, mirror));
        return offset == null ? null : offset.get("watermark");
    }

    /** The manifests of whole copies that have come to their end, in order. */
    static List<Manifest> generations(TaskRun run, String prefix) {
        return run.of(Manifest.topic(prefix)).stream()
                .map(record -> Manifest.of((Struct) record.value()))
                .filter(manifest -> manifest.kind() == Manifest.Kind.END)
                .toList();
    }

    /** The rows of the last whole copy that has come to its end; none before the first. */
    static List<SourceRecord> whole(TaskRun run, String prefix) {
        List<Manifest> ended = generations(run, prefix);
        if (ended.isEmpty()) {
            return List.of();
        }
        Manifest last = ended.get(ended.size() - 1);
        return run.of(last.topic()).stream()
                .filter(row -> last.generation()
                        .equals(row.headers().lastWithName(Headers.GENERATION).value()))
                .toList();
    }

    /** Waits until a whole copy has exactly these values of a field, in any order. */
    static void awaitWhole(TaskRun run, String prefix, String field, Object... values) {
        List<String> wanted = Stream.of(values).map(String::valueOf).sorted().toList();
        run.await(
                wanted + " in " + prefix,
                all -> wanted.equals(whole(run, prefix).stream()
                        .map(row -> String.valueOf(TaskRun.after(row).get(field)))
                        .sorted()
                        .toList()));
    }

    /** Waits until rows with all of these ids have come. */
    static void awaitIds(TaskRun run, String topic, Object... ids) {
        run.await(
                List.of(ids) + " in " + topic, all -> field(run.of(topic), "id").containsAll(List.of(ids)));
    }

    static Struct source(SourceRecord record) {
        return ((Struct) record.value()).getStruct("source");
    }
}
