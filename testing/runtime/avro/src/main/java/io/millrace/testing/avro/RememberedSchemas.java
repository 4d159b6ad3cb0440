package io.millrace.testing.avro;

import io.apicurio.registry.resolver.DefaultSchemaResolver;
import io.apicurio.registry.resolver.SchemaLookupResult;
import io.apicurio.registry.resolver.data.Record;
import io.apicurio.registry.serde.data.KafkaSerdeRecord;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;

/**
 * Knows what the registry said of a schema by the schema's instance and the topic; the resolver of which it is made writes
 * and compares the whole schema for each record. For one thread, as a task's converter is.
 */
public final class RememberedSchemas<T> extends DefaultSchemaResolver<Schema, T> {
    /** Whoever makes a schema for each record should not fill the memory. */
    private static final int MOST = 1_000;

    private final Map<Schema, Map<String, SchemaLookupResult<Schema>>> known = new IdentityHashMap<>();

    @Override
    public SchemaLookupResult<Schema> resolveSchema(Record<T> given) {
        if (!(given.payload() instanceof GenericContainer value) || !(given instanceof KafkaSerdeRecord<T> sent)) {
            return super.resolveSchema(given);
        }
        if (known.size() > MOST) {
            known.clear();
        }
        Map<String, SchemaLookupResult<Schema>> topics =
                known.computeIfAbsent(value.getSchema(), schema -> new HashMap<>());
        SchemaLookupResult<Schema> found = topics.get(sent.metadata().getTopic());
        if (found == null) {
            found = super.resolveSchema(given);
            topics.put(sent.metadata().getTopic(), found);
        }
        return found;
    }

    @Override
    public void reset() {
        known.clear();
        super.reset();
    }
}
