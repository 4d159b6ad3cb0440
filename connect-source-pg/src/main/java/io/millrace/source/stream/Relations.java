package io.millrace.source.stream;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.stream.pgoutput.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which relations of the stream are captured, and their schemas. Names, order, types and modifiers of columns come from
 * the Relation message, which is as of that point of the WAL; nullability, defaults and key from the catalog, which is
 * as of now. Not thread-safe.
 */
final class Relations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relations.class);

    private static final long TYPES_NANOS = 1_000_000_000L;

    private final Database database;
    private final TableFilter filter;
    private final TableSchemas schemas;
    private final Map<String, Long> replayUntil;
    private final Map<Integer, Optional<CapturedRelation>> known = new HashMap<>();
    private @Nullable Connection session;
    private long typesReadNanos = System.nanoTime() - TYPES_NANOS;

    /** @param replayUntil by {@code schema.table}, see {@link CapturedRelation#replayUntil} */
    Relations(Database database, TableFilter filter, TableSchemas schemas, Map<String, Long> replayUntil) {
        this.database = database;
        this.filter = filter;
        this.schemas = schemas;
        this.replayUntil = Map.copyOf(replayUntil);
    }

    /** The relation by OID: empty when it is not captured, null when the stream has not described it. */
    @SuppressWarnings("OptionalAssignedToNull")
    @Nullable
    Optional<CapturedRelation> find(int oid) {
        return known.get(oid);
    }

    void describe(Relation relation) throws SQLException {
        TableId id = new TableId(relation.schema(), relation.name());
        if (!filter.includes(id)) {
            known.put(relation.oid(), Optional.empty());
            return;
        }
        known.put(relation.oid(), Optional.of(captured(relation, id, catalog(relation), Set.of())));
    }

    /** A type that is not built in may have changed, an enum gained a label: the types are read again, not too often. */
    void typeAnnounced() {
        long now = System.nanoTime();
        if (now - typesReadNanos > TYPES_NANOS) {
            schemas.refreshTypes();
            typesReadNanos = System.nanoTime();
        }
    }

    /** A NULL came in a column that the catalog calls required: the catalog is ahead of the stream. */
    CapturedRelation relax(CapturedRelation captured, String column) throws SQLException {
        Set<String> optional = new HashSet<>(captured.optional());
        optional.add(column);
        Relation relation = captured.relation();
        CapturedRelation relaxed = captured(relation, captured.schema().table(), catalog(relation), optional);
        known.put(relation.oid(), Optional.of(relaxed));
        return relaxed;
    }

    /** One session serves all look-ups: a stream that begins may describe thousands of tables. */
    private Optional<CatalogTable> catalog(Relation relation) throws SQLException {
        Connection open = session;
        if (open == null || open.isClosed()) {
            open = database.connect("millrace catalog");
            session = open;
        }
        return new Catalog(open).table(relation.oid());
    }

    @Override
    public void close() throws SQLException {
        if (session != null) {
            session.close();
        }
    }

    private CapturedRelation captured(
            Relation relation, TableId id, Optional<CatalogTable> table, Set<String> optional) {
        Map<String, CatalogColumn> now = new HashMap<>();
        table.ifPresent(found -> found.columns().forEach(column -> now.put(column.name(), column)));
        List<CatalogColumn> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> identity = new HashSet<>();
        for (Relation.Column column : relation.columns()) {
            columns.add(merged(column, now.get(column.name())));
            names.add(column.name());
            if (column.identity()) {
                identity.add(column.name());
            }
        }
        List<String> key = table.map(CatalogTable::key).orElse(List.of());
        if (!names.containsAll(key)) {
            key = relation.columns().stream()
                    .filter(column -> column.identity() && relation.replicaIdentity() != 'f')
                    .map(Relation.Column::name)
                    .toList();
            LOG.info("Table {} has another key by now; rows of this point carry {}", id, key);
        }
        TableSchema schema = schemas.of(id, columns, key, optional);
        boolean keyInIdentity = relation.replicaIdentity() == 'f' || identity.containsAll(key);
        return new CapturedRelation(
                relation, schema, optional, keyInIdentity, replayUntil.getOrDefault(id.toString(), 0L));
    }

    private static CatalogColumn merged(Relation.Column column, @Nullable CatalogColumn now) {
        if (now == null || now.typeOid() != column.typeOid()) {
            return new CatalogColumn(column.name(), column.typeOid(), column.typeModifier(), false, null, false);
        }
        return new CatalogColumn(
                column.name(),
                column.typeOid(),
                column.typeModifier(),
                now.required(),
                now.defaultExpression(),
                now.generated());
    }
}
