package io.millrace.source.position;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says that a task (a lane) will emit no more rows of the initial copy and that Connect has acknowledged all that it
 * did emit. The stream begins when every lane has said so: a row that still waits in a slow task would otherwise land
 * behind newer events of its key.
 */
public final class SettledLane {
    private static final String SLOT_LSN = "settled_lsn";
    private static final String JOINED = "joined_lsn";

    private SettledLane() {}

    /** The order of the entries is part of the name, see {@link TableProgress#partition}. */
    public static Map<String, String> partition(String server, int lane) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("lane", Integer.toString(lane));
        return Collections.unmodifiableMap(partition);
    }

    /** @param slotLsn where the stream begins behind the copy that is settled */
    public static Map<String, Object> offset(long slotLsn) {
        return Map.of(SLOT_LSN, slotLsn);
    }

    /** Says that a task has nothing on its way of any snapshot but this one, from which it has read nothing yet. */
    public static Map<String, Object> joined(long generation) {
        return Map.of(JOINED, generation);
    }

    static boolean hasJoined(@Nullable Map<String, ?> offset, long generation) {
        return offset != null && offset.get(JOINED) instanceof Number lsn && lsn.longValue() == generation;
    }

    static boolean isOf(@Nullable Map<String, ?> offset, long slotLsn) {
        return offset != null && offset.get(SLOT_LSN) instanceof Number lsn && lsn.longValue() == slotLsn;
    }
}
