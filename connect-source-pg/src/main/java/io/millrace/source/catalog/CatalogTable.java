package io.millrace.source.catalog;

import java.util.List;

/**
 * A table as the catalog has it.
 *
 * @param kind {@code pg_class.relkind}: r table, p partitioned, v view, m materialised view, f foreign table
 * @param partition whether it is a partition of another table
 * @param columns in attribute order, dropped ones left out
 * @param key the primary key's columns in key order, else those of a unique index in which no two rows can be alike, as
 *     rows without a value are: that of the replica identity or the first by name; or none
 * @param estimatedRows {@code reltuples}, -1 before the first ANALYZE
 * @param estimatedPages {@code relpages}
 * @param replicaIdentity {@code relreplident}: d default, n nothing, f full, i index
 */
public record CatalogTable(
        int oid,
        TableId id,
        char kind,
        boolean partition,
        char replicaIdentity,
        double estimatedRows,
        int estimatedPages,
        List<CatalogColumn> columns,
        List<String> key) {
    public CatalogTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    public boolean partitioned() {
        return kind == 'p';
    }

    /** Whether its changes are in the WAL as changes of its rows, so that they can be streamed. */
    public boolean streams() {
        return kind == 'r' || kind == 'p';
    }

    /** Whether it has rows of its own, in blocks, that every reading of one snapshot shows alike. */
    public boolean stored() {
        return streams() || kind == 'm';
    }

    /** What it is called in messages. */
    public String sort() {
        return switch (kind) {
            case 'v' -> "view";
            case 'm' -> "materialised view";
            case 'f' -> "foreign table";
            default -> "table";
        };
    }
}
