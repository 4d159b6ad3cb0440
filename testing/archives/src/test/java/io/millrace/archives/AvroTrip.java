package io.millrace.archives;

import io.apicurio.registry.utils.converter.AvroConverter;
import io.millrace.sink.TopicLog;
import io.millrace.testing.SchemaRegistry;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;

/** Records as a sink gets them from a topic that holds Avro. */
final class AvroTrip implements AutoCloseable {
    private final SchemaRegistry registry = SchemaRegistry.start();
    private final Converter key = converter(true);
    private final Converter value = converter(false);

    private Converter converter(boolean isKey) {
        Converter converter = new AvroConverter<>();
        converter.configure(registry.own(), isKey);
        return converter;
    }

    void add(SourceRecord record, TopicLog into) {
        String topic = record.topic();
        SchemaAndValue keyRead = key.toConnectData(topic, key.fromConnectData(topic, record.keySchema(), record.key()));
        SchemaAndValue valueRead =
                value.toConnectData(topic, value.fromConnectData(topic, record.valueSchema(), record.value()));
        into.add(topic, keyRead.schema(), keyRead.value(), valueRead.schema(), valueRead.value(), null);
    }

    @Override
    public void close() {
        registry.close();
    }
}
