package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.warehouse.clickhouse.Ledger.Entry;
import io.millrace.sink.warehouse.clickhouse.Ledger.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Owns feeds and says how far they are. A feed belongs to the claim with the greatest epoch; each task has a name of its
 * own, so that two which come upon the same epoch are told apart.
 */
final class LedgerTable {
    /** Claims made at the same moment differ in these bits. */
    private static final int RANDOM_BITS = 16;

    private static final long LAST_STEP = (1L << Ledger.STEP_BITS) - 3;

    private final LedgerRows rows;
    private final Ledger ledger;
    private final ToLongFunction<TableId> seenEpoch;
    private final String owner = UUID.randomUUID().toString();

    /** {@code seenEpoch}: the greatest epoch among a target table's rows, 0 without any. */
    LedgerTable(Server server, Ledger ledger, ToLongFunction<TableId> seenEpoch) {
        this.ledger = ledger;
        rows = new LedgerRows(server, ledger);
        this.seenEpoch = seenEpoch;
    }

    Ledger statements() {
        return ledger;
    }

    String owner() {
        return owner;
    }

    /** Tasks that own a feed. */
    Set<String> owners() {
        return rows.owners();
    }

    Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        Map<Feed, Known> known = rows.read(partitions);
        known.values().removeIf(each -> !each.isLive());
        return claims(take(known), partitions);
    }

    Map<Feed, Claim> begin(Map<Feed, Long> first) {
        Set<TopicPartition> partitions =
                first.keySet().stream().map(Feed::partition).collect(Collectors.toSet());
        Map<Feed, Known> known = rows.read(partitions);
        known.keySet().retainAll(first.keySet());
        first.keySet().forEach(feed -> known.computeIfAbsent(feed, each -> Known.NOTHING));
        Map<Feed, Long> epochs = take(known);
        Map<Feed, Known> again = rows.read(partitions);
        List<Entry> states = new ArrayList<>();
        first.forEach((feed, next) -> {
            Known now = again.getOrDefault(feed, Known.NOTHING);
            if (!now.isLive()) {
                long before = now.state() == null ? 0 : now.state().topicEpoch();
                long topicEpoch = Math.max(before, seenEpoch.applyAsLong(feed.table())) + 1;
                states.add(state(feed, Objects.requireNonNull(epochs.get(feed)), 1, next, topicEpoch, null, false));
            }
        });
        rows.write(states);
        return claims(epochs, partitions);
    }

    Set<TopicPartition> partitions(String topic) {
        return rows.partitions(topic);
    }

    void rewind(Map<TopicPartition, OptionalLong> next) {
        if (next.isEmpty()) {
            return;
        }
        Map<Feed, Known> known = rows.read(next.keySet());
        known.values().removeIf(each -> !each.isLive());
        Map<Feed, Long> epochs = take(known);
        List<Entry> states = new ArrayList<>();
        rows.read(next.keySet()).forEach((feed, now) -> {
            OptionalLong to = next.getOrDefault(feed.partition(), OptionalLong.empty());
            if (epochs.containsKey(feed) && now.state() != null) {
                long epoch = now.state().topicEpoch() + 1;
                states.add(state(feed, epochs.get(feed), 1, to.orElse(0), epoch, null, to.isEmpty()));
            }
        });
        rows.write(states);
    }

    /**
     * Every feed of the table goes back to the beginning, in one epoch that is above all that its rows have.
     *
     * @return that epoch, empty when the ledger has no feed of the table
     */
    OptionalLong restart(TableId target) {
        Map<Feed, Known> known = rows.known(ledger.ofTarget(target));
        known.values().removeIf(each -> !each.isLive());
        if (known.isEmpty()) {
            return OptionalLong.empty();
        }
        Map<Feed, Long> epochs = take(known);
        long highest = seenEpoch.applyAsLong(target);
        for (Known each : known.values()) {
            highest = Math.max(highest, each.state() == null ? 0 : each.state().topicEpoch());
        }
        List<Entry> states = new ArrayList<>();
        for (Map.Entry<Feed, Long> each : epochs.entrySet()) {
            states.add(state(each.getKey(), each.getValue(), 1, 0, highest + 1, null, false));
        }
        rows.write(states);
        return OptionalLong.of(highest + 1);
    }

    /**
     * What these topics bring from now on is above all that it has brought to these tables, in whichever partition: a row's
     * key may have moved to one whose offsets are lower. Every feed keeps its place, and whoever reads it claims it again.
     *
     * @param targets tables where versions decide; tables of other feeds are left alone
     */
    void raise(Set<String> topics, Predicate<TableId> targets) {
        Map<Feed, Known> known = new HashMap<>();
        topics.forEach(topic -> known.putAll(rows.known(ledger.ofTopic(topic))));
        known.entrySet()
                .removeIf(each ->
                        !each.getValue().isLive() || !targets.test(each.getKey().table()));
        Map<Feed, Long> epochs = take(known);
        Map<TableId, Long> highest = new HashMap<>();
        Map<Feed, State> states = new HashMap<>();
        topics.forEach(topic -> rows.known(ledger.ofTopic(topic)).forEach((feed, now) -> {
            State state = now.state();
            if (epochs.containsKey(feed) && state != null) {
                states.put(feed, state);
                highest.merge(feed.table(), state.topicEpoch(), Math::max);
            }
        }));
        highest.replaceAll((table, epoch) -> Math.max(epoch, seenEpoch.applyAsLong(table)));
        List<Entry> entries = new ArrayList<>();
        states.forEach((feed, state) -> {
            long version = Ledger.version(Objects.requireNonNull(epochs.get(feed)), 1);
            long epoch = Objects.requireNonNull(highest.get(feed.table())) + 1;
            entries.add(new Entry(
                    feed,
                    version,
                    owner,
                    new State(version, state.next(), state.intent(), epoch, state.last(), state.forgotten())));
        });
        rows.write(entries);
    }

    /** The next offset of each partition that feeds the table. */
    Map<TopicPartition, Long> positions(TableId target) {
        return rows.positions(target);
    }

    /** The states of the advances' feeds; null when one is not this task's, or is not where the advance begins. */
    @Nullable
    Map<Feed, State> check(Collection<Advance> advances) {
        Map<Feed, State> states = new HashMap<>();
        if (advances.isEmpty()) {
            return states;
        }
        Map<Feed, Known> known = rows.read(partitions(advances));
        for (Advance advance : advances) {
            Known now = known.getOrDefault(advance.feed(), Known.NOTHING);
            State state = now.state();
            boolean next = owns(advance, now)
                    && state != null
                    && !state.forgotten()
                    && state.next() == advance.from()
                    && (state.intent() < 0 || state.intent() == advance.to());
            if (state == null || !next || step(advance, state) > LAST_STEP) {
                return null;
            }
            states.put(advance.feed(), state);
        }
        return states;
    }

    /** Writes down what is about to be written, and answers whether all of it is still this task's to write. */
    boolean intend(Collection<Advance> advances, Map<Feed, State> states) {
        List<Entry> entries = new ArrayList<>();
        for (Advance advance : advances) {
            State state = states.get(advance.feed());
            if (state != null) {
                entries.add(new Entry(
                        advance.feed(),
                        Ledger.version(advance.epoch(), step(advance, state) + 1),
                        owner,
                        new State(0, state.next(), advance.to(), state.topicEpoch(), state.last(), false)));
            }
        }
        rows.write(entries);
        if (entries.isEmpty()) {
            return true;
        }
        Map<Feed, Known> known = rows.read(partitions(advances));
        return advances.stream().allMatch(advance -> owns(advance, known.getOrDefault(advance.feed(), Known.NOTHING)));
    }

    /** Moves the feeds on. */
    void end(Collection<Advance> advances, Map<Feed, State> states) {
        List<Entry> entries = new ArrayList<>();
        for (Advance advance : advances) {
            State state = states.get(advance.feed());
            if (state != null) {
                entries.add(state(
                        advance.feed(),
                        advance.epoch(),
                        step(advance, state) + 2,
                        advance.to(),
                        state.topicEpoch(),
                        advance.last(),
                        false));
            }
        }
        rows.write(entries);
    }

    private boolean owns(Advance advance, Known known) {
        return known.epoch() == advance.epoch() && known.owner().equals(owner);
    }

    /** How many steps this owner has done. */
    private static long step(Advance advance, State state) {
        long steps = state.version() - Ledger.version(advance.epoch(), 0);
        return Math.max(0, steps);
    }

    private Entry state(
            Feed feed,
            long epoch,
            long step,
            long next,
            long topicEpoch,
            @Nullable LastRecord last,
            boolean forgotten) {
        long version = Ledger.version(epoch, step);
        return new Entry(feed, version, owner, new State(version, next, -1, topicEpoch, last, forgotten));
    }

    /** Claims the feeds, each in an epoch above the one that is known. */
    private Map<Feed, Long> take(Map<Feed, Known> known) {
        Map<Feed, Long> epochs = new HashMap<>();
        List<Entry> claims = new ArrayList<>();
        known.forEach((feed, each) -> {
            long epoch = ((each.epoch() >> RANDOM_BITS) + 1) << RANDOM_BITS
                    | ThreadLocalRandom.current().nextInt(1 << RANDOM_BITS);
            epochs.put(feed, epoch);
            claims.add(new Entry(feed, Ledger.version(epoch, 0), owner, null));
        });
        rows.write(claims);
        return epochs;
    }

    /** What the ledger says now of feeds that have just been claimed. */
    private Map<Feed, Claim> claims(Map<Feed, Long> epochs, Collection<TopicPartition> partitions) {
        Map<Feed, Claim> claims = new HashMap<>();
        if (epochs.isEmpty()) {
            return claims;
        }
        rows.read(partitions).forEach((feed, known) -> {
            Long epoch = epochs.get(feed);
            State state = known.state();
            if (epoch != null && state != null && !state.forgotten()) {
                claims.put(feed, new Claim(state.next(), epoch, state.last(), state.intent()));
            }
        });
        return claims;
    }

    private static Set<TopicPartition> partitions(Collection<Advance> advances) {
        return advances.stream().map(advance -> advance.feed().partition()).collect(Collectors.toSet());
    }
}
