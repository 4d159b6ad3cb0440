package io.millrace.source.window;

import io.millrace.source.catalog.TableId;
import io.millrace.source.signal.SignalTopicSettings;
import org.jspecify.annotations.Nullable;

/**
 * How tables are copied while the stream runs.
 *
 * @param server the topic prefix, which Connect's offsets go by
 * @param publication says what of each table is copied, as it is when the copy begins
 * @param windows how many ranges of a table are read at once
 * @param rows how many rows a range has, about
 * @param bytes as the source sends them, after which a range is cut
 * @param signals the table whose new rows are signals; null for none
 * @param signalTopic the topic whose records are; null for none
 */
public record WindowSettings(
        String server,
        String publication,
        int windows,
        int rows,
        long bytes,
        @Nullable TableId signals,
        @Nullable SignalTopicSettings signalTopic) {}
