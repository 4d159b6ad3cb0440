package io.millrace.sink;

import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** Where records go that can never be applied: the dead letter queue when there is one, else they fail the task. */
record BadRecords(@Nullable ErrantRecordReporter reporter) {
    static BadRecords of(SinkTaskContext context) {
        return new BadRecords(context.errantRecordReporter());
    }

    boolean canReport() {
        return reporter != null;
    }

    /** Where the record is, to stand before what is wrong with it. */
    static String at(SinkRecord record) {
        return "Record " + record.originalTopic() + "-" + record.originalKafkaPartition() + " at offset "
                + record.originalKafkaOffset() + ": ";
    }

    /** @throws DataException where there is no queue; it names the record's position and never its values */
    Future<Void> report(SinkRecord record, DataException reason) {
        DataException positioned = new DataException(at(record) + reason.getMessage(), reason);
        if (reporter == null) {
            throw positioned;
        }
        return reporter.report(record, positioned);
    }
}
