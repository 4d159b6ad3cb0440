package io.millrace.sink;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.fold.TableBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;

/**
 * What one transaction of the target is to hold.
 *
 * @param buffers a buffer a table, none empty
 * @param advances moves of feeds that the ledger knows
 * @param starts feeds that the ledger does not know yet
 * @param reports dead letters that have to be durable before the ledger moves past them
 * @param upTo per partition the first offset that is not part of this flush
 */
record Flush(
        List<TableBuffer> buffers,
        List<Advance> advances,
        Map<Feed, Start> starts,
        List<Future<Void>> reports,
        Map<TopicPartition, Long> upTo) {

    /** Where a new feed begins and how far this flush takes it. */
    record Start(long from, long to, LastRecord last) {}
}
