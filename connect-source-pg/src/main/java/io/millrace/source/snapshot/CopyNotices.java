package io.millrace.source.snapshot;

import io.millrace.source.catalog.TableId;
import io.millrace.source.notice.NoticeChannels;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.Tally;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells how the initial copy goes, in Debezium's notifications and with its names; the number of chunks and bytes is
 * ours. Only the task that leads tells, of what all have stored. Used by the task's reading thread.
 */
public final class CopyNotices {
    private static final String AGGREGATE = "Initial Snapshot";
    private static final String TABLES = "data_collections";

    private final NoticeChannels channels;
    private final String server;
    private final Set<TableId> begun = new HashSet<>();
    private final Set<TableId> whole = new HashSet<>();
    private Phase.@Nullable Copying leading;
    private String tables = "";

    public CopyNotices(NoticeChannels channels, String server) {
        this.channels = channels;
        this.server = server;
    }

    void lead(Phase.Copying copying) {
        leading = copying;
    }

    /** The snapshot has this to read. */
    public void started(Collection<Piece> pieces) throws InterruptedException {
        begun.clear();
        whole.clear();
        tables = named(pieces);
        tell("STARTED", Map.of(TABLES, tables));
    }

    private static String named(Collection<Piece> pieces) {
        return pieces.stream()
                .map(piece -> piece.table().id().toString())
                .collect(Collectors.toCollection(LinkedHashSet::new))
                .stream()
                .collect(Collectors.joining(","));
    }

    /** Something of a table is copied. */
    void begun(TableId table, int chunks) throws InterruptedException {
        if (begun.add(table)) {
            tell(
                    "IN_PROGRESS",
                    Map.of(
                            TABLES,
                            tables,
                            "current_collection_in_progress",
                            table.toString(),
                            "total_chunks",
                            Integer.toString(chunks)));
        }
    }

    /** All of a table is. */
    void whole(TableId table, int chunks, Tally tally) throws InterruptedException {
        if (whole.add(table)) {
            tell(
                    "TABLE_SCAN_COMPLETED",
                    Map.of(
                            TABLES,
                            tables,
                            "scanned_collection",
                            table.toString(),
                            "total_rows_scanned",
                            Long.toString(tally.rows()),
                            "total_bytes_scanned",
                            Long.toString(tally.bytes()),
                            "total_chunks",
                            Integer.toString(chunks),
                            "status",
                            tally.rows() == 0 ? "EMPTY" : "SUCCEEDED"));
        }
    }

    public void completed() throws InterruptedException {
        tell("COMPLETED", Map.of());
    }

    /** What is copied from this snapshot will not be all of it. */
    public void aborted(String reason) throws InterruptedException {
        tell("ABORTED", Map.of("reason", reason));
    }

    private void tell(String type, Map<String, String> data) throws InterruptedException {
        Phase.Copying by = leading;
        if (by != null) {
            String id = server + "@" + Lsn.text(by.generation());
            channels.tell(new NoticeChannels.Notice(id, AGGREGATE, type, data), Phase.partition(server), by.offset());
        }
    }
}
