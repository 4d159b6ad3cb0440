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
import java.util.function.Consumer;
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
    private final EarlierEvents earlier;
    private final Consumer<CatalogTable> columnsMissing;
    private final Map<Integer, Optional<CapturedRelation>> known = new HashMap<>();
    private final Map<Integer, CatalogTable> seen = new HashMap<>();
    private @Nullable Connection session;
    private long typesReadNanos = System.nanoTime() - TYPES_NANOS;

    /**
     * @param earlier is told the schemas of what is captured
     * @param columnsMissing is told of tables of which the stream does not bring every column that they have by now
     */
    Relations(
            Database database,
            TableFilter filter,
            TableSchemas schemas,
            EarlierEvents earlier,
            Consumer<CatalogTable> columnsMissing) {
        this.columnsMissing = columnsMissing;
        this.database = database;
        this.filter = filter;
        this.schemas = schemas;
        this.earlier = earlier;
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
        Optional<CatalogTable> table = catalog(relation);
        known.put(relation.oid(), Optional.of(captured(relation, id, table, Set.of())));
        if (table.isPresent() && lacksColumns(relation, table.orElseThrow())) {
            columnsMissing.accept(table.orElseThrow());
        }
    }

    private static boolean lacksColumns(Relation relation, CatalogTable table) {
        Set<String> names = new HashSet<>();
        relation.columns().forEach(column -> names.add(column.name()));
        return table.columns().stream().anyMatch(column -> !names.contains(column.name()));
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
        Optional<CatalogTable> table = now(relation);
        table.ifPresent(found -> seen.put(relation.oid(), found));
        // What is dropped by now is described as it was last seen.
        return table.isPresent() ? table : Optional.ofNullable(seen.get(relation.oid()));
    }

    private Optional<CatalogTable> now(Relation relation) throws SQLException {
        Catalog catalog = new Catalog(session());
        try {
            return catalog.table(relation.oid());
        } catch (SQLException e) {
            if (!Database.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            LOG.info(
                    "DDL of another session has {}.{}: its records come without defaults until the stream describes it"
                            + " again",
                    relation.schema(),
                    relation.name());
            return catalog.withoutDefaults().table(relation.oid());
        }
    }

    private Connection session() throws SQLException {
        Connection open = session;
        if (open == null || open.isClosed()) {
            open = database.glance("millrace catalog");
            session = open;
        }
        return open;
    }

    @Override
    public void close() throws SQLException {
        if (session != null) {
            session.close();
        }
    }

    private CapturedRelation captured(Relation relation, TableId id, Optional<CatalogTable> table, Set<String> optional)
            throws SQLException {
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
        List<String> own = key(relation, table, names);
        TableSchema schema = schemas.of(id, columns, own, optional);
        boolean keyInIdentity =
                relation.replicaIdentity() == 'f' || identity.containsAll(schemas.key(id, columns, own));
        earlier.describe(schema);
        return new CapturedRelation(relation, schema, optional, keyInIdentity, earlier.repeatedUntil(id));
    }

    /**
     * The key at this point of the WAL, as far as it is known there. Under the default replica identity the relation
     * itself marks the primary key's columns, without their order; else the catalog's key is taken, if the columns are
     * there.
     */
    private List<String> key(Relation relation, Optional<CatalogTable> table, Set<String> names) throws SQLException {
        List<String> now = table.map(CatalogTable::key).orElse(List.of());
        List<String> marked = relation.columns().stream()
                .filter(Relation.Column::identity)
                .map(Relation.Column::name)
                .toList();
        boolean byIndex = relation.replicaIdentity() == 'd' || relation.replicaIdentity() == 'i';
        boolean current = names.containsAll(now) && !now.isEmpty();
        if (relation.replicaIdentity() == 'd' && !marked.isEmpty()) {
            return current && Set.copyOf(marked).equals(Set.copyOf(now)) ? now : marked;
        }
        if (relation.replicaIdentity() == 'd' && current && hasPrimaryKey(relation)) {
            // It is younger than the row.
            return List.of();
        }
        return current ? now : byIndex ? marked : List.of();
    }

    private boolean hasPrimaryKey(Relation relation) throws SQLException {
        return new Catalog(session()).hasPrimaryKey(relation.oid());
    }

    private static CatalogColumn merged(Relation.Column column, @Nullable CatalogColumn now) {
        if (now == null || now.typeOid() != column.typeOid()) {
            return new CatalogColumn(column.name(), column.typeOid(), column.typeModifier(), 0, false, null, false);
        }
        return new CatalogColumn(
                column.name(),
                column.typeOid(),
                column.typeModifier(),
                now.dimensions(),
                now.required(),
                now.defaultExpression(),
                false);
    }
}
