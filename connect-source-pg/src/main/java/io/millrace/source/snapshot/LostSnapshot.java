package io.millrace.source.snapshot;

import io.millrace.source.position.KeptRanges;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.StoredOffsets.Lane;
import io.millrace.source.position.TableProgress;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * What a new snapshot means for a table that was copied in part from earlier ones. A chunk of blocks means nothing under
 * another snapshot, so such a table is read again whole. A range of keys does: the row of a key is in it whenever it is
 * looked at, so ranges that are copied stay so, each as of its own snapshot, and the rest is read as of the new one.
 *
 * @param generation LSN of the new snapshot
 * @param streams whether a stream brings what lies between snapshots
 * @param exactlyOnce whether all that was ever emitted is stored
 * @param repeats whether rows may come twice where there is no other way
 */
public record LostSnapshot(long generation, boolean streams, boolean exactlyOnce, boolean repeats) {
    /**
     * @param before what an earlier replacement has decided; null without any
     * @param lanes what is stored of the table, of this copy only
     * @param ordered whether keys of this table can be told apart as to ranges in the stream
     * @throws ConnectException when rows would come twice
     */
    public KeptRanges of(Piece piece, @Nullable KeptRanges before, List<Lane> lanes, boolean ordered) {
        long current = before == null ? latest(lanes) : before.generation();
        List<Lane> counted = lanes.stream()
                .filter(lane -> lane.progress().generation() == current && copied(lane.progress(), before))
                .toList();
        boolean untouched =
                counted.isEmpty() && (before == null || before.ranges().isEmpty() && before.exact());
        if (untouched) {
            return new KeptRanges(generation, exactlyOnce, 0, List.of(), List.of());
        }
        boolean exact = exactlyOnce && ordered && (before == null || before.exact());
        if (!(piece.cut() instanceof Cut.Ranges cut) || !goesOn(cut, before, counted) || exactlyOnce && !ordered) {
            if (!repeats) {
                throw refusal(piece, current);
            }
            return new KeptRanges(generation, false, 0, List.of(), List.of());
        }
        if (!exact && !repeats) {
            throw refusal(piece, current);
        }
        List<KeptRanges.Kept> ranges = new ArrayList<>(before == null ? List.of() : before.ranges());
        for (Lane lane : counted) {
            if (lane.keys() != null) {
                lane.keys().ranges().forEach(range -> ranges.add(new KeptRanges.Kept(range, current)));
            }
        }
        return new KeptRanges(generation, exact, cut.file(), cut.names(), ranges);
    }

    private static long latest(List<Lane> lanes) {
        return lanes.stream()
                .map(lane -> lane.progress().generation())
                .max(Long::compareUnsigned)
                .orElse(0L);
    }

    /** Beyond what was kept from before, which every lane counts as done. */
    private static boolean copied(TableProgress lane, @Nullable KeptRanges before) {
        return before != null && !before.ranges().isEmpty()
                || !lane.done().isEmpty()
                || !lane.begun().isEmpty();
    }

    private boolean goesOn(Cut.Ranges cut, @Nullable KeptRanges before, List<Lane> lanes) {
        boolean same = before == null
                || before.ranges().isEmpty()
                || before.file() == cut.file() && before.columns().equals(cut.names());
        return streams
                && cut.keyed()
                && same
                && lanes.stream()
                        .allMatch(lane -> lane.keys() != null
                                && lane.keys().file() == cut.file()
                                && lane.keys().columns().equals(cut.names()));
    }

    private static ConnectException refusal(Piece piece, long lost) {
        return new ConnectException("snapshot.lost.handling.mode: " + piece.stored()
                + " was copied in part from the snapshot at " + Lsn.text(lost)
                + ", which ended with the last session that held it, or does not have the table any more"
                + " as it was emptied or rewritten. A copy from a new snapshot repeats"
                + " rows, which exactly.once.support=required rules out. Set"
                + " snapshot.lost.handling.mode=copy_again when the sinks upsert; otherwise empty the"
                + " topics and targets and delete the connector's offsets to begin anew. A table that"
                + " snapshot.partition.key cuts by a column of its key goes on where it was");
    }
}
