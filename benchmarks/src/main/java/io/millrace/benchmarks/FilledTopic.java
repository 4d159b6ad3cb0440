package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A topic that sinks read, filled once: the rows of a snapshot, or a mix of changes over rows that are there. Records are
 * JSON without schemas; a sink's converter has the schema in {@code schema.content}, which costs less than any converter
 * that fetches or parses one a record.
 */
final class FilledTopic {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONVERTER = "org.apache.kafka.connect.json.JsonConverter";
    private static final Map<String, String> WITH_SCHEMAS =
            Map.of("key.converter.schemas.enable", "true", "value.converter.schemas.enable", "true");

    private final Servers servers;
    private final Table table;
    private final boolean mix;
    private final long events;
    private boolean filled;

    FilledTopic(Servers servers, Table table, boolean mix, long events) {
        this.servers = servers;
        this.table = table;
        this.mix = mix;
        this.events = events;
    }

    Table table() {
        return table;
    }

    boolean mix() {
        return mix;
    }

    long events() {
        return events;
    }

    long transactions() {
        return events / Changes.IN_TRANSACTION;
    }

    private String prefix() {
        return "bench_fill_" + table.name() + "_" + events + (mix ? "_mix" : "");
    }

    String topic() {
        return SourceRun.topic(prefix(), table.name());
    }

    /** Also makes the source's table, which a bare writer reads. */
    void fill() throws InterruptedException {
        if (!filled) {
            schemas(servers, Contenders.filler(), table, prefix() + "_schema");
        }
        if (mix) {
            if (!filled) {
                fillMixed();
            }
        } else {
            servers.postgres()
                    .execute(table.drop(), table.create(), table.insert(1, events), "VACUUM ANALYZE " + table.name());
            if (!filled) {
                copy(servers, Contenders.filler(), table, events, prefix(), Map.of());
            }
        }
        filled = true;
    }

    private void fillMixed() throws InterruptedException {
        try {
            Stream.queue(servers, table, Changes.MIX, events);
            Stream.copySlot(servers, prefix());
            SourceRun.measure(
                    servers, Contenders.filler(), table.name(), Changes.MIX.records(events), prefix(), Stream.SETTINGS);
        } finally {
            servers.dropSlot(prefix());
            Stream.drop(servers, table);
        }
    }

    /** Has one row of the table in a topic with schemas. */
    static void schemas(Servers servers, Connector source, Table table, String prefix) throws InterruptedException {
        servers.postgres().execute(table.drop(), table.create(), table.insert(1, 1), "ANALYZE " + table.name());
        copy(servers, source, table, 1, prefix, WITH_SCHEMAS);
        servers.postgres().execute(table.drop());
    }

    private static void copy(
            Servers servers, Connector source, Table table, long rows, String prefix, Map<String, String> converter)
            throws InterruptedException {
        var settings = new HashMap<>(converter);
        settings.put("snapshot.mode", "initial_only");
        try {
            SourceRun.measure(servers, source, table.name(), rows, prefix, settings);
        } finally {
            servers.dropSlot(prefix);
            servers.dropPublication(prefix);
        }
    }

    Map<String, String> converters() throws IOException {
        return converters(servers, table, prefix() + "_schema");
    }

    /** Converters that know the schemas of a topic that {@link #schemas} made. */
    static Map<String, String> converters(Servers servers, Table table, String prefix) throws IOException {
        String topic = SourceRun.topic(prefix, table.name());
        var records = servers.topics().read(topic, 1, Duration.ofSeconds(60));
        if (records.isEmpty()) {
            throw new IOException("No record in " + topic);
        }
        var record = records.get(0);
        return Map.of(
                "key.converter",
                CONVERTER,
                "key.converter.schemas.enable",
                "true",
                "key.converter.schema.content",
                schemaOf(record.key()),
                "value.converter",
                CONVERTER,
                "value.converter.schemas.enable",
                "true",
                "value.converter.schema.content",
                schemaOf(record.value()));
    }

    private static String schemaOf(byte[] record) throws IOException {
        return JSON.readTree(record).path("schema").toString();
    }
}
