package io.millrace.source.query;

import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.record.TopicNames;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What one mirror's runs are made with. Used by the mirror's thread. */
final class MirrorContext {
    private final MirrorSettings settings;
    private final Sessions sessions;
    private final SchemaSource source;
    private final TopicNames topics;
    private final MirrorOutput out;
    private final GenerationOffsets generations;
    private final RunRecords runs;
    private @Nullable TableSchemas schemas;
    private @Nullable Shape known;
    private @Nullable TableSchema schema;
    private long overruns;

    MirrorContext(
            MirrorSettings settings,
            Sessions sessions,
            SchemaSource source,
            TopicNames topics,
            MirrorOutput out,
            GenerationOffsets generations) {
        this.settings = settings;
        this.sessions = sessions;
        this.source = source;
        this.topics = topics;
        this.out = out;
        this.generations = generations;
        this.runs = new RunRecords(topics, settings);
    }

    MirrorSettings settings() {
        return settings;
    }

    Sessions sessions() {
        return sessions;
    }

    TopicNames topics() {
        return topics;
    }

    MirrorOutput out() {
        return out;
    }

    GenerationOffsets generations() {
        return generations;
    }

    RunRecords runs() {
        return runs;
    }

    long overruns() {
        return overruns;
    }

    void overran() {
        overruns++;
    }

    /** What a run reads with: the shape without the columns that are left out, and its schema. */
    record Reading(Shape shape, TableSchema schema, Struct source) {}

    /** The same schema as long as the columns are the same. */
    Reading reading(Shape shape, Snapshot snapshot) {
        if (schemas == null || schema == null || known == null || !Shapes.alike(known, shape)) {
            schemas = source.of(shape);
            known = shape;
            schema = null;
        }
        TableSchemas by = schemas;
        Shape carried = shape.of(by.carried(shape.table()));
        TableSchema of = schema;
        if (of == null) {
            of = by.of(carried.table().id(), carried.columns(), carried.table().key(), Set.of());
            schema = of;
        }
        Struct block = by.source().snapshot(of.table(), snapshot.lsn(), System.currentTimeMillis() * 1000);
        return new Reading(carried, of, block);
    }
}
