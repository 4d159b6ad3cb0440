package io.millrace.sink;

import io.millrace.sink.destination.Operations;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out when all partitions that a topic has from the beginning are noted: when each of the connector's tasks has said
 * that it has noted its own. A task says so, also if it has none of the topic, once it has known for a while that it is
 * asked and has not been given or lost partitions meanwhile: then its last assignment is the one that the others have, too.
 */
final class RollCall {
    private static final Logger LOG = LoggerFactory.getLogger(RollCall.class);

    static final long STEADY_SECONDS = 10;
    static final long LOOK_SECONDS = 5;
    private static final long IDLE_SECONDS = 60;
    private static final long LATE_SECONDS = 600;

    private final Operations operations;
    private final SinkSettings.Place place;
    private final LongSupplier nanoTime;

    /** Since when this task knows that it is asked, by topic. */
    private final Map<String, Long> asked = new HashMap<>();

    private final Set<String> late = new HashSet<>();
    private long nextLook;

    /** {@code nanoTime} as {@link System#nanoTime}. */
    RollCall(Operations operations, SinkSettings.Place place, LongSupplier nanoTime) {
        this.operations = operations;
        this.place = place;
        this.nanoTime = nanoTime;
        nextLook = nanoTime.getAsLong();
    }

    /** This task's partitions of these topics are noted. An only task has all there are. */
    void noted(Set<String> topics) {
        if (place.tasks() == 1) {
            operations.complete(topics, place.number(), place.tasks());
        }
    }

    /** This task was given partitions, or has lost some. */
    void reassigned() {
        asked.clear();
        nextLook = nanoTime.getAsLong();
    }

    /** To be called often; answers in how many milliseconds it has something to do again, -1 for never. */
    long look() {
        if (place.tasks() == 1) {
            return -1;
        }
        long now = nanoTime.getAsLong();
        if (now - nextLook < 0) {
            return TimeUnit.NANOSECONDS.toMillis(nextLook - now);
        }
        nextLook = now + TimeUnit.SECONDS.toNanos(LOOK_SECONDS);
        Set<String> open = operations.incomplete();
        asked.keySet().retainAll(open);
        open.forEach(topic -> asked.putIfAbsent(topic, now));
        Set<String> steady = new HashSet<>();
        asked.forEach((topic, since) -> {
            if (seconds(now, since) >= STEADY_SECONDS) {
                steady.add(topic);
            }
            if (seconds(now, since) >= LATE_SECONDS && late.add(topic)) {
                LOG.warn(
                        "Not all of the {} tasks have said which partitions of topic {} they have: until all of them run, partitions that are added to it are not noticed ({})",
                        place.tasks(),
                        topic,
                        SinkConfig.PARTITIONS_ADDED);
            }
        });
        if (!steady.isEmpty()) {
            operations.complete(steady, place.number(), place.tasks());
        }
        if (open.isEmpty()) {
            nextLook = now + TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
        }
        return TimeUnit.NANOSECONDS.toMillis(nextLook - now);
    }

    private static long seconds(long now, long since) {
        return TimeUnit.NANOSECONDS.toSeconds(now - since);
    }
}
