package io.millrace.source.query;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.catalog.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror reads, as the catalog has it at the moment.
 *
 * @param table under which name, with which columns and key, its rows appear; for a query a table that does not exist
 * @param query null for a table
 * @param stored the relations that hold a table's rows, where they can be read by blocks; else none
 * @param watermark null for xmin and whole tables
 */
public record Shape(CatalogTable table, @Nullable Template query, List<Stored> stored, @Nullable Column watermark) {
    public Shape {
        stored = List.copyOf(stored);
    }

    /**
     * A relation with blocks.
     *
     * @param file its file on disk, another one after each rewrite
     * @param blocks how many it has; 0 for a foreign table, which is read in one piece
     * @param blocksPerRange how many make up a range
     */
    public record Stored(TableId id, long oid, long file, long blocks, int blocksPerRange) {
        String key() {
            return oid + "." + file;
        }
    }

    /**
     * The watermark's column.
     *
     * @param table that has it
     * @param required whether each row has a value
     * @param indexed whether an index begins with it
     * @param served whether its values come from the server, in order, unless a writer gives its own
     * @param elsewhere whether rows come from another server, or from a materialised view's refresh: then nobody's open
     *     transaction here tells what is still to come
     */
    public record Column(
            TableId table,
            String name,
            WatermarkType type,
            boolean required,
            boolean indexed,
            boolean served,
            boolean elsewhere) {
        String quoted() {
            return Identifier.quoted(name);
        }

        /** A condition on it; empty for all values. */
        String between(Spans.Span span) {
            String from = span.from() == null ? "" : quoted() + " >= " + type.literal(span.from());
            String to = span.to() == null ? "" : quoted() + " <= " + type.literal(span.to());
            return from.isEmpty() ? to : to.isEmpty() ? from : from + " AND " + to;
        }
    }

    public List<CatalogColumn> columns() {
        return table.columns();
    }

    /** With these columns only. */
    Shape of(List<CatalogColumn> carried) {
        CatalogTable of = new CatalogTable(
                table.oid(),
                table.id(),
                table.kind(),
                table.partition(),
                table.replicaIdentity(),
                table.estimatedRows(),
                table.estimatedPages(),
                carried,
                table.key());
        return new Shape(of, query, stored, watermark);
    }

    /** What can be selected from, with everything in it. */
    String everything() {
        if (query == null) {
            return table.id().quoted();
        }
        return watermark == null
                ? query.whole()
                : query.between(watermark.type().literal(null), watermark.type().literal(null));
    }
}
