package io.millrace.sink;

import io.millrace.sink.change.AppendColumns;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.Views;
import io.millrace.sink.fold.TableBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code table.layout=log+view}: changes are appended to a log, and a view shows the rows as they are now. */
final class LogViews {
    private static final Logger LOG = LoggerFactory.getLogger(LogViews.class);

    private final Views views;
    private final SinkSettings settings;

    /** What each view is known to show: columns, and the key. */
    private final Map<TableId, Set<String>> shown = new HashMap<>();

    LogViews(Destination destination, SinkSettings settings) {
        this.settings = settings;
        views = destination
                .views()
                .orElseThrow(() -> new ConnectException(
                        SinkConfig.TABLE_LAYOUT + "=" + SinkConfig.LOG_AND_VIEW + " is not offered for this target"));
    }

    /** Makes the view of a log that is there show what the batch brings; the first row makes it, not a truncate. */
    void prepare(TableBuffer buffer, Batch batch) {
        if (!settings.create() || batch.columns().isEmpty() || buffer.rowKey().isEmpty()) {
            return;
        }
        Set<String> known = shown.computeIfAbsent(buffer.table(), table -> new HashSet<>());
        List<String> names =
                new ArrayList<>(batch.columns().stream().map(Batch.Column::name).toList());
        names.add("key " + buffer.rowKey());
        if (known.containsAll(names)) {
            return;
        }
        AppendColumns added = Objects.requireNonNull(settings.append());
        List<String> own = new ArrayList<>(List.of(added.lsn(), added.time()));
        if (settings.bookkeeping().syncedAt() != null) {
            own.add(settings.bookkeeping().syncedAt());
        }
        views.show(new Views.LogView(
                        buffer.table(), batch.table(), buffer.rowKey(), added.operation(), added.unchanged(), own))
                .forEach(statement -> LOG.info("View {}: {}", buffer.table(), statement));
        known.addAll(names);
    }

    void forget() {
        shown.clear();
    }
}
