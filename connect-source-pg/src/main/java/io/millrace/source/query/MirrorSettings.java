package io.millrace.source.query;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.KeyColumns;
import io.millrace.source.catalog.TableId;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mirror's settings.
 *
 * @param name tells it from the connector's other mirrors; its position is kept by it
 * @param table what is read, or the name under which a query's rows appear
 * @param keys other keys of the records than the table's own
 * @param query null for a table
 * @param watermark null when each refresh reads everything
 * @param refreshMillis from the beginning of one run to that of the next
 * @param rowsPerPartition rows a range, about
 * @param workers most sessions that read it at once
 * @param initialOnly whether nothing follows the first run
 * @param mostRows of one run; 0 for no limit
 * @param rowFilter a condition in SQL; null for all rows
 * @param changes how a whole-table mirror finds out that nothing changed
 * @param changesMillis how long that is believed; 0 for ever
 */
public record MirrorSettings(
        String name,
        TableId table,
        KeyColumns keys,
        @Nullable Template query,
        @Nullable Watermark watermark,
        long refreshMillis,
        int rowsPerPartition,
        int workers,
        boolean initialOnly,
        long mostRows,
        @Nullable String rowFilter,
        ChangeDetection changes,
        long changesMillis) {

    /**
     * What tells new rows from old ones.
     *
     * @param table that has the column; a query's rows are cut by its values
     * @param column {@link #XMIN} for the system column
     * @param boundary how far a run stays behind: milliseconds, or values of an integer; null where the server's activity
     *     decides alone
     * @param zone in which local times are written; null for the other types
     * @param start where the first run begins: empty, {@code now}, {@code target}, or a value
     * @param late what happens to rows that come with a watermark of the past
     * @param lateMillis between passes for them
     */
    public record Watermark(
            TableId table,
            String column,
            @Nullable Long boundary,
            @Nullable ZoneId zone,
            String start,
            Late late,
            long lateMillis) {
        public static final String XMIN = "xmin";

        boolean xmin() {
            return XMIN.equals(column);
        }
    }

    /** What happens to rows whose watermark lies below what has been read already when they are committed. */
    public enum Late {
        /** They are looked for where the server does not give out the values and a repeated row does no harm. */
        AUTO,
        /** They are looked for by xmin, and what else changed since the last look is read again with them. */
        REDELIVER,
        IGNORE
    }

    /** How a mirror of a whole table finds out that nothing changed. */
    public enum ChangeDetection {
        /** By the server's statistics where it keeps some of the relation, else not. */
        STATISTICS,
        /** By a sum over all rows. */
        HASH,
        /** Not at all: each refresh copies. */
        NONE
    }

    boolean whole() {
        return watermark == null;
    }

    /** The columns of the records' key, by which a sink upserts; none where rows that come twice stay twice. */
    List<String> key(Shape shape) {
        List<String> names = shape.columns().stream().map(CatalogColumn::name).toList();
        return keys.of(shape.table().id(), names, shape.table().key());
    }
}
