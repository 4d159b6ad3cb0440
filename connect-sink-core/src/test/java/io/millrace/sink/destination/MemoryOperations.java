package io.millrace.sink.destination;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Operators' requests in memory. */
final class MemoryOperations implements Operations {
    private final MemoryDestination.Database database;
    private final Map<Feed, Claim> ledger;
    private final Notes notes;

    /** What several destinations share. */
    static final class Notes {
        private final Map<TableId, String> tokens = new HashMap<>();
        private final Map<String, Topic> topics = new HashMap<>();
    }

    /** Partitions, with whether they were added and not accepted; and what tasks have said. */
    private static final class Topic {
        private final TreeMap<Integer, Boolean> added = new TreeMap<>();
        private final Map<Integer, Integer> said = new HashMap<>();
        private boolean complete;
    }

    MemoryOperations(MemoryDestination.Database database, Map<Feed, Claim> ledger, Notes notes) {
        this.database = database;
        this.ledger = ledger;
        this.notes = notes;
    }

    @Override
    public boolean resync(TableId table, String token) {
        synchronized (database) {
            if (token.equals(notes.tokens.get(table))) {
                return false;
            }
            Set<String> targets = new HashSet<>();
            ledger.keySet().forEach(feed -> targets.add(feed.table().toString()));
            if (!targets.contains(table.toString())) {
                throw new UnknownTable(table, targets);
            }
            notes.tokens.put(table, token);
            MemoryDestination.Table known = database.tables.get(table);
            if (known != null) {
                known.rows.clear();
            }
            ledger.replaceAll(
                    (feed, claim) -> feed.table().equals(table) ? new Claim(0, claim.epoch() + 1, null) : claim);
            return true;
        }
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        synchronized (database) {
            Set<TopicPartition> added = new HashSet<>();
            for (TopicPartition each : partitions) {
                Topic topic = notes.topics.computeIfAbsent(each.topic(), first -> new Topic());
                topic.added.putIfAbsent(each.partition(), topic.complete);
                if (accept) {
                    topic.added.put(each.partition(), false);
                } else if (topic.added.getOrDefault(each.partition(), false)) {
                    added.add(each);
                }
            }
            return added;
        }
    }

    @Override
    public Set<String> incomplete() {
        synchronized (database) {
            Set<String> open = new HashSet<>(notes.topics.keySet());
            open.removeIf(name -> topic(name).complete || topic(name).added.isEmpty());
            return open;
        }
    }

    @Override
    public void complete(Set<String> topics, int task, int tasks) {
        synchronized (database) {
            for (String name : topics) {
                Topic topic = topic(name);
                topic.said.put(task, tasks);
                boolean all = true;
                for (int each = 0; each < tasks; each++) {
                    all &= topic.said.getOrDefault(each, -1) == tasks;
                }
                boolean gapless = !topic.added.isEmpty() && topic.added.lastKey() == topic.added.size() - 1;
                topic.complete |= all && gapless;
            }
        }
    }

    @Override
    public void forget(String topic) {
        synchronized (database) {
            notes.topics.remove(topic);
        }
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        synchronized (database) {
            return ledger.keySet().stream().anyMatch(feed -> feed.table().equals(table));
        }
    }

    private Topic topic(String name) {
        return notes.topics.computeIfAbsent(name, first -> new Topic());
    }
}
