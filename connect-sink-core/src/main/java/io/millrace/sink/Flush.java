package io.millrace.sink;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction of the target is to hold.
 *
 * @param buffers a buffer a table, none empty
 * @param advances moves of feeds that the ledger knows
 * @param starts feeds that the ledger does not know yet
 * @param reports dead letters that have to be durable before the ledger moves past them
 * @param manifests what the source says of generations, behind the rows
 * @param incomplete generations of which rows were passed over, to be known before the ledger moves past them
 * @param waiting tables that wait, paused, parked or for a lock
 * @param kept of those, tables that no whole copy is to replace
 * @param trial tables that have waited for a lock and are tried again
 * @param upTo per partition the first offset that is not part of this flush
 */
record Flush(
        List<TableBuffer> buffers,
        List<Advance> advances,
        Map<Feed, Start> starts,
        List<Future<Void>> reports,
        Map<TopicPartition, Long> upTo,
        List<Told> manifests,
        Set<Generations.Generation> incomplete,
        Set<TableId> waiting,
        Set<TableId> kept,
        Set<TableId> trial) {

    /** What the source says of a generation. */
    record Told(Generations.Generation generation, Manifest manifest) {}

    /**
     * Where a new feed begins and how far this flush takes it.
     *
     * @param last null for a feed that is only to be known to the ledger
     */
    record Start(long from, long to, @Nullable LastRecord last) {
        Optional<Advance> advance(Feed feed, Claim claim) {
            return last == null ? Optional.empty() : Optional.of(new Advance(feed, from, to, claim.epoch(), last));
        }
    }
}
