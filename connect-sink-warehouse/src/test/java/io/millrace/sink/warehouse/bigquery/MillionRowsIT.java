package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A million rows upserted, then written over: prints rows a second and requests, of which docs/bigquery.md tells. What it
 * measures is the sink, the client and DuckDB behind the stand-in, on one machine.
 */
@Tag("extended")
class MillionRowsIT {
    private static final int ROWS = 1_000_000;
    private static final int POLL = 5_000;
    private static final long LIMIT_NANOS = 1_800_000_000_000L;
    private static final SourceTable ORDERS = SourceTable.of("shop", "orders")
            .key("id", Schema.INT64_SCHEMA)
            .column("customer", Schema.INT64_SCHEMA)
            .column("note", Schema.OPTIONAL_STRING_SCHEMA)
            .column("total", SourceTable.tagged(Decimal.builder(2).optional(), "NUMERIC", 12, 2))
            .column("paid", Schema.OPTIONAL_BOOLEAN_SCHEMA);
    private static final TopicPartition PARTITION = new TopicPartition(ORDERS.topic(), 0);

    private final Target target = new Target();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void aMillionRowsTwice() throws SQLException {
        Map<String, String> config = target.config("bigquery.merge.interval.ms", "2000");
        WarehouseSinkTask task = new WarehouseSinkTask();
        task.initialize(new Context(config));
        task.start(config);
        try {
            task.open(List.of(PARTITION));
            measure(task, "inserted by key", 0);
            measure(task, "updated by key", ROWS);
        } finally {
            task.stop();
        }
        try (Connection connection = target.standIn().connect();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("SELECT count(*), count(DISTINCT id), min(customer) FROM shop.orders")) {
            row.next();
            assertThat(row.getLong(1)).isEqualTo(ROWS);
            assertThat(row.getLong(2)).isEqualTo(ROWS);
            assertThat(row.getLong(3)).as("all of them were written over").isGreaterThanOrEqualTo(ROWS);
        }
        assertThat(target.gathered()).isEmpty();
    }

    private void measure(WarehouseSinkTask task, String what, long from) {
        long requests = target.standIn().requests();
        long begin = System.nanoTime();
        for (long offset = from; offset < from + ROWS; offset += POLL) {
            task.put(records(offset));
        }
        long durable = 0;
        while (durable < from + ROWS) {
            assertThat(System.nanoTime() - begin).as("nanoseconds").isLessThan(LIMIT_NANOS);
            task.put(List.of());
            Map<TopicPartition, OffsetAndMetadata> committed = task.preCommit(Map.of());
            OffsetAndMetadata reached = committed.get(PARTITION);
            durable = reached == null ? 0 : reached.offset();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%,d rows %s: %,.0f rows/s, %d requests%n",
                ROWS,
                what,
                ROWS / seconds,
                target.standIn().requests() - requests);
    }

    private static List<SinkRecord> records(long from) {
        List<SinkRecord> records = new ArrayList<>(POLL);
        for (long offset = from; offset < from + POLL; offset++) {
            long id = offset % ROWS;
            Object[] row = {
                id, offset, "note of order " + id + " and what else is said", BigDecimal.valueOf(id, 2), true
            };
            records.add(new SinkRecord(
                    PARTITION.topic(),
                    PARTITION.partition(),
                    ORDERS.keySchema(),
                    ORDERS.keyOf(row),
                    ORDERS.envelopeSchema(),
                    ORDERS.envelope("u", null, ORDERS.row(row), offset),
                    offset,
                    1_700_000_000_000L,
                    TimestampType.CREATE_TIME));
        }
        return records;
    }

    private record Context(Map<String, String> configs) implements SinkTaskContext {
        @Override
        public void offset(Map<TopicPartition, Long> offsets) {
            throw new IllegalStateException("A new ledger asks for no offset: " + offsets);
        }

        @Override
        public void offset(TopicPartition partition, long offset) {
            throw new IllegalStateException("A new ledger asks for no offset: " + offset);
        }

        @Override
        public void timeout(long millis) {}

        @Override
        public Set<TopicPartition> assignment() {
            return Set.of(PARTITION);
        }

        @Override
        public void pause(TopicPartition... partitions) {}

        @Override
        public void resume(TopicPartition... partitions) {}

        @Override
        public void requestCommit() {}

        @Override
        public @Nullable ErrantRecordReporter errantRecordReporter() {
            return null;
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("As in workers before Kafka 4.1");
        }
    }
}
