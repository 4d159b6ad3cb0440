package io.millrace.source.query;

import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.meter.RunMeters;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.record.TopicNames;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one mirror's runs are made with. Used by the mirror's thread. */
final class MirrorContext {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorContext.class);

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
    private final RunMeters meters;

    MirrorContext(
            MirrorSettings settings,
            Sessions sessions,
            SchemaSource source,
            TopicNames topics,
            MirrorOutput out,
            GenerationOffsets generations,
            RunMeters meters) {
        this.settings = settings;
        this.sessions = sessions;
        this.source = source;
        this.topics = topics;
        this.out = out;
        this.generations = generations;
        this.meters = meters;
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

    RunMeters meters() {
        return meters;
    }

    /** What is told of a run that is over. @param startedMillis since 1970 */
    RunRecords.Report report(String what, long rows, long startedMillis) {
        long took = System.currentTimeMillis() - startedMillis;
        meters.read(rows);
        if (rows > 0) {
            LOG.info("{}: {} rows of {} in {} ms", what, rows, settings.table(), took);
        }
        return new RunRecords.Report(what, rows, startedMillis, took, meters.overruns());
    }

    /** How records of a shape come out. */
    record Form(Shape shape, TableSchema schema, SourceBlock source) {}

    /** What a run reads with. */
    record Reading(Shape shape, TableSchema schema, Struct source) {}

    /** As {@link #form}, for a run in this snapshot. */
    Reading reading(Shape shape, Snapshot snapshot) {
        Form form = form(shape);
        Struct block = form.source().snapshot(form.schema().table(), snapshot.lsn(), System.currentTimeMillis() * 1000);
        return new Reading(form.shape(), form.schema(), block);
    }

    /** A shape without the columns that are left out, and its schema: the same one as long as the columns are the same. */
    Form form(Shape shape) {
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
        return new Form(carried, of, by.source());
    }
}
