package io.millrace.source.stream.pgoutput;

import java.util.List;

/**
 * A table as it was at this point of the WAL.
 *
 * @param replicaIdentity {@code pg_class.relreplident}: d, n, f or i
 */
public record Relation(int oid, String schema, String name, char replicaIdentity, List<Column> columns) {
    /** @param identity whether the column belongs to the replica identity */
    public record Column(String name, int typeOid, int typeModifier, boolean identity) {}

    public Relation {
        columns = List.copyOf(columns);
    }
}
