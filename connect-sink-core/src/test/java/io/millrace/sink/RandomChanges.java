package io.millrace.sink;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Changes of a table with an integer key and two texts, at random but such as a source can send: inserts, updates with
 * values that were not sent, deletes, truncates. The same for the same seed.
 */
public final class RandomChanges {
    private final TopicLog log;
    private final SourceTable table;
    private final Random random;
    private final Set<Integer> there = new HashSet<>();
    private int number;

    public RandomChanges(TopicLog log, SourceTable table, long seed) {
        this.log = log;
        this.table = table;
        random = new Random(seed);
    }

    /** How many rows the table has. */
    public int rows() {
        return there.size();
    }

    /** Adds the next change to the log. */
    public void next() {
        int id = random.nextInt(12);
        String a = random.nextInt(5) == 0 ? null : "a" + number;
        String b = random.nextInt(5) == 0 ? null : "b" + number;
        int kind = random.nextInt(100);
        if (kind == 0) {
            log.truncate(table);
            there.clear();
        } else if (there.add(id)) {
            log.insert(table, id, a, b);
        } else if (kind < 25) {
            log.delete(table, id, null, null);
            there.remove(id);
        } else if (kind < 60) {
            log.update(table, id, random.nextBoolean() ? SourceTable.UNAVAILABLE : a, SourceTable.UNAVAILABLE);
        } else {
            log.update(table, id, a, b);
        }
        number++;
    }
}
