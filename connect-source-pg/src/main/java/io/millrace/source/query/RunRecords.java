package io.millrace.source.query;

import io.millrace.source.record.TopicNames;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** The audit trail: a record in the control topic for each run that brought something, with the mirror's offset. */
final class RunRecords {
    static final Schema SCHEMA = SchemaBuilder.struct()
            .name("io.millrace.Run")
            .version(1)
            .field("mirror", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("what", Schema.STRING_SCHEMA)
            .field("rows", Schema.INT64_SCHEMA)
            .field("started_ms", Schema.INT64_SCHEMA)
            .field("took_ms", Schema.INT64_SCHEMA)
            .field("overruns", Schema.INT64_SCHEMA)
            .build();

    private final TopicNames topics;
    private final MirrorSettings settings;

    RunRecords(TopicNames topics, MirrorSettings settings) {
        this.topics = topics;
        this.settings = settings;
    }

    /**
     * A run that is over.
     *
     * @param what copy, refresh, again, late or generation
     * @param overruns how many runs of this task took longer than the interval so far
     */
    record Report(String what, long rows, long startedMillis, long tookMillis, long overruns) {}

    SourceRecord record(Map<String, ?> partition, Map<String, ?> offset, Report report) {
        return new SourceRecord(
                partition,
                offset,
                topics.control(),
                null,
                Schema.STRING_SCHEMA,
                topics.prefix() + "/" + settings.name(),
                SCHEMA,
                new Struct(SCHEMA)
                        .put("mirror", settings.name())
                        .put("table", settings.table().toString())
                        .put("what", report.what())
                        .put("rows", report.rows())
                        .put("started_ms", report.startedMillis())
                        .put("took_ms", report.tookMillis())
                        .put("overruns", report.overruns()));
    }
}
