package io.millrace.source.record;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.connector.postgresql.PostgresSchemaFactory;
import io.debezium.schema.SchemaFactory;
import io.debezium.schema.SchemaNameAdjuster;
import io.millrace.source.catalog.TableId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * What applications write by {@code pg_logical_emit_message}, as Debezium's records in the topic {@code prefix.message}.
 * Immutable.
 */
public final class LogicalMessages {
    /** As which table a message counts in a transaction's metadata. */
    public static final String COLLECTION = "LOGICAL_DECODING_MESSAGE";

    /** Source blocks of messages name no table. */
    public static final TableId NO_TABLE = new TableId("", "");

    private static final String MESSAGE = "m";

    private final String topic;
    private final BinaryHandlingMode binary;
    private final Schema key;
    private final Schema block;
    private final Schema value;

    /** @param binary how the content is written: {@code binary.handling.mode} */
    public LogicalMessages(TopicNames topics, SourceBlock source, BinaryHandlingMode binary) {
        this.topic = topics.message();
        this.binary = binary;
        PostgresSchemaFactory schemas = PostgresSchemaFactory.get();
        this.key = schemas.logicalDecodingMessageMonitorKeySchema(SchemaNameAdjuster.NO_OP);
        this.block = schemas.logicalDecodingMessageMonitorBlockSchema(SchemaNameAdjuster.NO_OP, binary);
        this.value = SchemaBuilder.struct()
                .name("io.debezium.connector.postgresql.MessageValue")
                .version(1)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .field("source", source.schema())
                .field("transaction", SchemaFactory.get().transactionBlockSchema())
                .field("message", block)
                .build();
    }

    public String topic() {
        return topic;
    }

    public Struct key(String prefix) {
        return new Struct(key).put("prefix", prefix);
    }

    public Struct value(String prefix, byte[] content, Struct source) {
        return new Struct(value)
                .put("op", MESSAGE)
                .put("ts_ms", System.currentTimeMillis())
                .put("source", source)
                .put("message", new Struct(block).put("prefix", prefix).put("content", written(content)));
    }

    private Object written(byte[] content) {
        return switch (binary) {
            case BYTES -> ByteBuffer.wrap(content);
            case BASE64 -> new String(Base64.getEncoder().encode(content), StandardCharsets.US_ASCII);
            case BASE64_URL_SAFE -> new String(Base64.getUrlEncoder().encode(content), StandardCharsets.US_ASCII);
            case HEX -> HexFormat.of().formatHex(content);
        };
    }
}
