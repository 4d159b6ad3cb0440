package io.millrace.testing.avro;

import io.apicurio.registry.serde.avro.DefaultAvroDatumProvider;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;

/** Keeps the writer and the reader of a schema's instance. For one thread, as a task's converter is. */
public final class RememberedCodecs<T> extends DefaultAvroDatumProvider<T> {
    private static final int MOST = 1_000;

    private final Map<Schema, DatumWriter<T>> writers = new IdentityHashMap<>();
    private final Map<Schema, DatumReader<T>> readers = new IdentityHashMap<>();

    @Override
    public DatumWriter<T> createDatumWriter(T data, Schema schema) {
        forgetMany(writers);
        return writers.computeIfAbsent(schema, wanted -> super.createDatumWriter(data, wanted));
    }

    @Override
    public DatumReader<T> createDatumReader(Schema schema) {
        forgetMany(readers);
        return readers.computeIfAbsent(schema, super::createDatumReader);
    }

    private static void forgetMany(Map<Schema, ?> known) {
        if (known.size() > MOST) {
            known.clear();
        }
    }
}
