package io.millrace.source;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** Connect's offsets topic in memory: maps go through JSON, as there. Thread-safe. */
class MemoryOffsets implements OffsetStorageReader {
    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private final JsonConverter json = new JsonConverter();

    MemoryOffsets() {
        json.configure(Map.of("schemas.enable", "false"), false);
    }

    /** @param offset null to delete what is stored */
    void store(Map<String, ?> partition, @Nullable Map<String, ?> offset) {
        if (offset == null) {
            stored.remove(key(partition));
        } else {
            stored.put(key(partition), bytes(offset));
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
        byte[] offset = stored.get(key(partition));
        return offset == null
                ? null
                : (Map<String, Object>) json.toConnectData("", offset).value();
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
        partitions.forEach(partition -> found.put(partition, offset(partition)));
        return found;
    }

    private String key(Map<String, ?> partition) {
        return new String(bytes(partition), StandardCharsets.UTF_8);
    }

    private byte[] bytes(Map<String, ?> map) {
        return json.fromConnectData("", null, new HashMap<>(map));
    }
}
