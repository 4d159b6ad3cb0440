package io.millrace.sink.pg;

import io.millrace.sink.TopicLog;
import io.millrace.testing.KafkaBroker;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/** Sends the records of a log to a broker, as JSON with schemas. */
final class TopicFiller {
    private TopicFiller() {}

    static void send(KafkaBroker broker, TopicLog log) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        JsonConverter keys = new JsonConverter();
        keys.configure(Map.of("schemas.enable", true), true);
        JsonConverter values = new JsonConverter();
        values.configure(Map.of("schemas.enable", true), false);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (TopicPartition partition : log.partitions()) {
                for (SinkRecord record : log.records(partition)) {
                    producer.send(new ProducerRecord<>(
                            partition.topic(),
                            partition.partition(),
                            keys.fromConnectData(partition.topic(), record.keySchema(), record.key()),
                            values.fromConnectData(partition.topic(), record.valueSchema(), record.value())));
                }
            }
            producer.flush();
        }
    }
}
