package io.millrace.source.window;

import java.util.HashSet;
import java.util.Set;

/**
 * Which transactions a database snapshot shows, by the lower halves of their ids, as the stream names them.
 *
 * @param running those below {@code xmax} that it does not show
 * @param exact false on a standby, whose snapshots do not tell what was running: everything from xmin on is then taken
 *     for not shown
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT">Transaction ID and
 *     snapshot information functions</a>
 */
record Visibility(int xmin, int xmax, Set<Integer> running, boolean exact) {
    Visibility {
        running = Set.copyOf(running);
    }

    /** The text of a {@code pg_snapshot}: {@code xmin:xmax:running,running}. */
    static Visibility parse(String text, boolean exact) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a snapshot: " + text);
        }
        Set<Integer> running = new HashSet<>();
        for (String xid : parts[2].split(",")) {
            if (!xid.isEmpty()) {
                running.add((int) Long.parseLong(xid));
            }
        }
        return new Visibility((int) Long.parseLong(parts[0]), (int) Long.parseLong(parts[1]), running, exact);
    }

    /** For a transaction that has committed by now. Ids wrap around, so they are compared by their distance. */
    boolean shows(int xid) {
        if (xid - xmin < 0) {
            return true;
        }
        return exact && xid - xmax < 0 && !running.contains(xid);
    }
}
