package io.millrace.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.ColumnDefault;
import io.millrace.core.EnumType;
import io.millrace.core.StructTypes;
import io.millrace.testing.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A connector's records as JSON with schemas, without what two connectors on the same WAL cannot have in common: clocks,
 * versions, the topic prefix, and for the initial copy its position, transaction and markers.
 */
record OracleRecords(List<Map<String, String>> copied, List<Map<String, String>> streamed) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> CLOCKS = Set.of("ts_ms", "ts_us", "ts_ns");
    private static final Set<String> OF_THE_COPY =
            Set.of("ts_ms", "ts_us", "ts_ns", "lsn", "txId", "sequence", "snapshot");
    private static final Set<String> KEY_CHANGE = Set.of("__debezium.newkey", "__debezium.oldkey");
    private static final String PARAMETER = "__debezium.source.column.";

    static Set<String> topics(Topics topics, String prefix) {
        return topics.names().stream()
                .filter(name -> name.startsWith(prefix + "."))
                .map(name -> name.substring(prefix.length() + 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The rows of the copy in an order of their own, since several tasks read them; the stream as it is. */
    static OracleRecords read(Topics topics, String prefix, String topic) {
        List<Map<String, String>> copied = new ArrayList<>();
        List<Map<String, String>> streamed = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : topics.readAll(prefix + "." + topic)) {
            if (record.key() == null && record.value() == null) {
                // Debezium's tombstone for a table without a key, which says nothing; we write none.
                continue;
            }
            JsonNode value = json(record.value(), prefix);
            boolean read = "r".equals(value.at("/payload/op").asText());
            if (value.hasNonNull("payload")) {
                strip((ObjectNode) value.get("payload"), read);
            }
            Map<String, String> flat = new TreeMap<>();
            flatten("key", json(record.key(), prefix), flat);
            flatten("value", value, flat);
            for (Header header : record.headers()) {
                if (KEY_CHANGE.contains(header.key())) {
                    flatten("header " + header.key(), json(header.value(), prefix), flat);
                }
            }
            (read ? copied : streamed).add(flat);
        }
        copied.sort(Comparator.comparing(Map::toString));
        return new OracleRecords(copied, streamed);
    }

    /** The column {@code id} of each new row, in the order of the topic. */
    static List<Integer> ids(Topics topics, String topic) {
        return topics.readAll(topic).stream()
                .map(record ->
                        json(record.value(), topic).at("/payload/after/id").asInt())
                .toList();
    }

    /** What differs from Debezium's records, one line for each place in a record. */
    List<String> differences(OracleRecords debezium) {
        List<String> differences = new ArrayList<>();
        differences("copy", copied, debezium.copied, differences);
        differences("stream", streamed, debezium.streamed, differences);
        return differences;
    }

    private static void differences(
            String phase, List<Map<String, String>> ours, List<Map<String, String>> theirs, List<String> differences) {
        if (ours.size() != theirs.size()) {
            differences.add(phase + ": " + ours.size() + " records for Debezium's " + theirs.size());
        }
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            Set<String> places = new TreeSet<>(ours.get(i).keySet());
            places.addAll(theirs.get(i).keySet());
            for (String place : places) {
                String our = ours.get(i).getOrDefault(place, "nothing");
                String their = theirs.get(i).getOrDefault(place, "nothing");
                if (place.endsWith("/sequence") && their.contains("[null,")) {
                    // Debezium knows no commit before its first one, we know the copy's end.
                    our = our.replaceFirst("\\[[^,]*,", "[null,");
                }
                if (!our.equals(their)) {
                    differences.add(phase + " record " + i + " " + place + ": " + our + " for Debezium's " + their);
                }
            }
        }
    }

    /** A line for each leaf; the fields of a schema go by their names, and their order is a leaf. */
    private static void flatten(String path, JsonNode node, Map<String, String> flat) {
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(name -> flatten(path + "/" + name, node.get(name), flat));
        } else if (node.isArray()) {
            List<String> order = new ArrayList<>();
            for (JsonNode element : node) {
                String name = element.path("field").asText(String.valueOf(order.size()));
                order.add(name);
                flatten(path + "/" + name, element, flat);
            }
            flat.put(path + " order", order.toString());
        } else {
            flat.put(path, node.toString());
        }
    }

    private static void strip(ObjectNode payload, boolean read) {
        payload.remove(CLOCKS);
        if (!(payload.get("source") instanceof ObjectNode source)) {
            // A transaction's begin or end. Debezium lists the tables as its hash map has them.
            if (payload.get("data_collections") instanceof ArrayNode tables) {
                List<JsonNode> sorted = new ArrayList<>();
                tables.forEach(sorted::add);
                sorted.sort(Comparator.comparing(
                        table -> table.path("data_collection").asText()));
                tables.removeAll().addAll(sorted);
            }
            return;
        }
        source.remove("version");
        if (source.path("table").asText().isEmpty() && !source.hasNonNull("txId")) {
            // A message outside transactions has no time but that at which it was read.
            source.remove(CLOCKS);
        }
        if (read) {
            source.remove(OF_THE_COPY);
        }
    }

    private static JsonNode json(byte[] bytes, String prefix) {
        if (bytes == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        try {
            JsonNode node = JSON.readTree(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                    .replace('"' + prefix + '"', "\"PREFIX\"")
                    .replace('"' + prefix + '.', "\"PREFIX."));
            unify(node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Debezium's stream gives a numeric without precision another length and scale than its initial copy. Its own
     * parameter of an enum cannot tell labels with a comma: ours comes beside it, see docs/types.md, and so do what Avro
     * loses of structs and whether a default is computed.
     */
    private static void unify(JsonNode node) {
        if (node instanceof ObjectNode object && object.get("parameters") instanceof ObjectNode parameters) {
            if (parameters.path(PARAMETER + "type").asText().equals("NUMERIC")
                    && parameters.path(PARAMETER + "length").asText().equals("131089")) {
                parameters.put(PARAMETER + "length", "0");
                parameters.remove(PARAMETER + "scale");
            }
            if (parameters.path("allowed").asText().contains("with,comma")) {
                parameters.remove(EnumType.PARAMETER);
            }
            parameters.remove(StructTypes.PARAMETER);
            parameters.remove(ColumnDefault.PARAMETER);
            if (parameters.isEmpty()) {
                object.remove("parameters");
            }
        }
        if (node instanceof ObjectNode || node instanceof ArrayNode) {
            node.forEach(OracleRecords::unify);
        }
    }
}
