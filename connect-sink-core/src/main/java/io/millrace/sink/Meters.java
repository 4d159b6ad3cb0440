package io.millrace.sink;

import org.apache.kafka.connect.sink.SinkTaskContext;

/** What operators can watch; nothing on workers that have no metrics for plugins (before Kafka 4.1). */
interface Meters {
    /** A flush is durable; {@code nanos} since it was handed over. */
    void applied(FlushResult.Done done, long nanos);

    static Meters of(SinkTaskContext context) {
        try {
            return new TableMeters(context.pluginMetrics());
        } catch (LinkageError | UnsupportedOperationException e) {
            org.slf4j.LoggerFactory.getLogger(Meters.class)
                    .debug("This worker has no metrics for plugins: {}", e.getMessage());
            return (done, nanos) -> {};
        }
    }
}
