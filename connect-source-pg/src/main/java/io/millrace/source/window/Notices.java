package io.millrace.source.window;

import io.millrace.source.notice.NoticeChannels;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells how copies go, as Debezium's notifications of snapshots. Used by the stream's thread. */
final class Notices {
    private static final String DELIMITER = ",";

    private final NoticeChannels channels;
    private final Map<String, String> partition;

    Notices(String server, NoticeChannels channels) {
        this.channels = channels;
        this.partition = CopyState.partition(server);
    }

    /** Debezium's names for what can happen to a copy. */
    enum Type {
        STARTED,
        IN_PROGRESS,
        TABLE_SCAN_COMPLETED,
        COMPLETED,
        ABORTED,
        PAUSED,
        RESUMED,
        STOPPED
    }

    void started(CopyState state, CopyRequest request) throws InterruptedException {
        tell(Type.STARTED, state, request, Map.of("data_collections", tables(state, request)));
    }

    void progress(CopyState state, CopyRequest request) throws InterruptedException {
        List<String> after = request.after();
        tell(
                Type.IN_PROGRESS,
                state,
                request,
                Map.of(
                        "data_collections", tables(state, request),
                        "current_collection_in_progress", request.table().toString(),
                        "last_processed_key", after == null ? "<null>" : String.join(DELIMITER, after),
                        "total_rows_scanned", Long.toString(request.rows())));
    }

    /** @param status SUCCEEDED, EMPTY or SQL_EXCEPTION */
    void scanned(CopyState state, CopyRequest request, String status) throws InterruptedException {
        tell(
                Type.TABLE_SCAN_COMPLETED,
                state,
                request,
                Map.of(
                        "data_collections", tables(state, request),
                        "scanned_collection", request.table().toString(),
                        "total_rows_scanned", Long.toString(request.rows()),
                        "status", status));
    }

    void tell(Type type, CopyState state, CopyRequest request) throws InterruptedException {
        tell(type, state, request, Map.of("data_collections", request.table().toString()));
    }

    private static String tables(CopyState state, CopyRequest request) {
        return state.requests().stream()
                .filter(other -> other.id().equals(request.id()))
                .map(other -> other.table().toString())
                .collect(Collectors.joining(DELIMITER));
    }

    private void tell(Type type, CopyState state, CopyRequest request, Map<String, String> data)
            throws InterruptedException {
        String aggregate = request.kind() == CopyRequest.Kind.BLOCKING ? "Initial Snapshot" : "Incremental Snapshot";
        channels.tell(new NoticeChannels.Notice(request.id(), aggregate, type.name(), data), partition, state.offset());
    }
}
