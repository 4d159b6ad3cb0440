package io.millrace.sink;

import io.millrace.sink.destination.TableId;
import java.util.Set;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What operators can watch; nothing on workers that have no metrics for plugins (before Kafka 4.1). */
interface Meters {
    /** A flush is durable; {@code nanos} since it was handed over. */
    void applied(FlushResult.Done done, long nanos);

    /** Tables that wait for other sessions' locks now: to be written, and to be replaced by whole copies. */
    void waiting(Set<TableId> written, Set<TableId> replaced);

    Meters NONE = new Meters() {
        @Override
        public void applied(FlushResult.Done done, long nanos) {}

        @Override
        public void waiting(Set<TableId> written, Set<TableId> replaced) {}
    };

    static Meters of(SinkTaskContext context) {
        try {
            return new TableMeters(context.pluginMetrics());
        } catch (LinkageError | UnsupportedOperationException e) {
            org.slf4j.LoggerFactory.getLogger(Meters.class)
                    .debug("This worker has no metrics for plugins: {}", e.getMessage());
            return NONE;
        }
    }
}
