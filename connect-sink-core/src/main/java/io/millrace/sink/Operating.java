package io.millrace.sink;

import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.UnknownTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what operators ask for when partitions are claimed, and shows them which tables wait. */
final class Operating {
    private static final Logger LOG = LoggerFactory.getLogger(Operating.class);
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final SinkTaskContext context;
    private final SinkSettings settings;
    private final Parked parked;
    private final @Nullable Operations operations;
    private final Map<TableId, String> resync;
    private final @Nullable RollCall rollCall;
    private long nextShow;

    Operating(SinkTaskContext context, SinkSettings settings, Parked parked, Destination destination) {
        this.context = context;
        this.settings = settings;
        this.parked = parked;
        operations = destination.operations().orElse(null);
        // Appended rows have no order to lose, and a whole copy says where its rows are.
        rollCall = operations == null || settings.fold().append() || settings.overwrite()
                ? null
                : new RollCall(operations, settings.place(), System::nanoTime);
        resync = new HashMap<>(settings.operators().resync());
        if (operations == null && !resync.isEmpty() && !settings.operators().dryRun()) {
            throw new ConfigException(SinkConfig.TABLES_RESYNC, resync.keySet(), "is not offered for this target");
        }
    }

    /** Before partitions are claimed, so that the claims are those from after a resync. */
    void beforeClaim() {
        if (operations == null) {
            return;
        }
        for (Map.Entry<TableId, String> each : List.copyOf(resync.entrySet())) {
            if (resync(operations, each.getKey(), each.getValue())) {
                LOG.warn(
                        "Table {} was emptied and is read again from the beginning of its topics, as far as retention has left it ({}={})",
                        each.getKey(),
                        SinkConfig.TABLES_RESYNC,
                        each.getValue());
            }
            resync.remove(each.getKey());
        }
    }

    private static boolean resync(Operations operations, TableId table, String token) {
        try {
            return operations.resync(table, token);
        } catch (UnknownTable e) {
            throw new ConfigException(SinkConfig.TABLES_RESYNC, table, e.getMessage());
        }
    }

    /**
     * Answers the claimed partitions that are not to be read.
     *
     * @throws ConnectException for partitions that were added to a topic, unless the settings say what to do
     */
    Set<TopicPartition> afterClaim(Set<TopicPartition> claimed) {
        parked.showAgain();
        nextShow = 0;
        if (operations == null || rollCall == null) {
            return Set.of();
        }
        SinkSettings.AddedPartitions policy = settings.operators().added();
        Set<TopicPartition> added = operations.added(claimed, policy == SinkSettings.AddedPartitions.ACCEPT);
        rollCall.noted(claimed.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        if (added.isEmpty() || policy == SinkSettings.AddedPartitions.ACCEPT) {
            return Set.of();
        }
        String what = "Partitions " + added + " were added to their topics after this sink had begun to read those:"
                + " the changes of one row may lie in an old partition and in a new one now, and nothing orders them.";
        if (policy == SinkSettings.AddedPartitions.WAIT) {
            LOG.error("{} They are not read until {}=accept", what, SinkConfig.PARTITIONS_ADDED);
            context.pause(added.toArray(TopicPartition[]::new));
            return added;
        }
        throw new ConnectException(what + " With " + SinkConfig.PARTITIONS_ADDED
                + "=wait the old ones are read on and the new ones wait; when the old ones have no lag any more, or where"
                + " rows do not change their partition, set it to accept");
    }

    /** This task was given partitions, or has lost some. */
    void reassigned() {
        if (rollCall != null) {
            rollCall.reassigned();
        }
    }

    /** A topic was deleted and created again. */
    void recreated(String topic) {
        if (operations != null) {
            operations.forget(topic);
        }
    }

    /** Called often, while no flush is on its way, also of a task without partitions. */
    void look(Set<TopicPartition> assigned) {
        show(assigned);
        if (rollCall == null) {
            return;
        }
        try {
            long millis = rollCall.look();
            if (millis >= 0) {
                context.timeout(Math.max(1, millis));
            }
        } catch (RetriableException e) {
            LOG.debug("Whether all partitions are noted cannot be looked up yet", e);
        }
    }

    private void show(Set<TopicPartition> assigned) {
        if (parked.hasNews() && (nextShow == 0 || System.nanoTime() - nextShow >= 0)) {
            showNow(assigned);
        }
    }

    void showNow(Set<TopicPartition> assigned) {
        if (operations == null || !parked.hasNews() || assigned.isEmpty()) {
            return;
        }
        nextShow = System.nanoTime() + RETRY_NANOS;
        try {
            parked.show((table, state, reason) -> operations.show(table, assigned, state, reason));
        } catch (RetriableException e) {
            LOG.debug("Waiting tables cannot be shown yet", e);
        }
    }
}
