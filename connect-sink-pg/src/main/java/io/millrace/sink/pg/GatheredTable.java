package io.millrace.sink.pg;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The table that a copy is gathered in: of the target's columns, with their types, it has those that the copy brings. The
 * others are not the copy's to replace.
 */
final class GatheredTable {
    private final Connection connection;
    private final TableId target;
    private final TableId staging;

    GatheredTable(Connection connection, TableId target, TableId staging) {
        this.connection = connection;
        this.target = target;
        this.staging = staging;
    }

    /** Makes it, or gives it what has come to the copy's columns since. Safe for several tasks at once. */
    void prepare(TableShape wanted) throws SQLException {
        Map<String, LiveColumn> columns =
                Catalog.find(connection, target).map(LiveTable::columns).orElse(Map.of());
        Set<String> brought = brought(wanted);
        Optional<LiveTable> made = Catalog.find(connection, staging);
        if (made.isEmpty()) {
            List<String> others = columns.values().stream()
                    .filter(column -> !column.generated() && !brought.contains(column.name()))
                    .map(LiveColumn::name)
                    .toList();
            // Whoever makes it leaves these out in the same transaction: what another task has added since stays.
            Ddl.run(connection, create(wanted.key(), others));
            made = Catalog.find(connection, staging);
        }
        Set<String> known = made.map(LiveTable::columns).orElse(Map.of()).keySet();
        for (LiveColumn column : columns.values()) {
            if (!column.generated() && brought.contains(column.name()) && !known.contains(column.name())) {
                Ddl.run(
                        connection,
                        "ALTER TABLE " + Sql.table(staging) + " ADD COLUMN IF NOT EXISTS " + Sql.name(column.name())
                                + " " + column.type());
            }
        }
    }

    private String create(List<String> key, List<String> without) {
        StringBuilder sql = new StringBuilder("CREATE TABLE ")
                .append(Sql.table(staging))
                .append(" (LIKE ")
                .append(Sql.table(target))
                .append(" INCLUDING DEFAULTS INCLUDING GENERATED")
                .append(key.isEmpty() ? "" : ", PRIMARY KEY (" + Sql.names(key) + ")")
                .append(')');
        for (String column : without) {
            // With what is computed of it, which the target computes.
            sql.append("; ALTER TABLE ")
                    .append(Sql.table(staging))
                    .append(" DROP COLUMN ")
                    .append(Sql.name(column))
                    .append(" CASCADE");
        }
        return sql.toString();
    }

    private static Set<String> brought(TableShape wanted) {
        Set<String> brought =
                new LinkedHashSet<>(wanted.bookkeeping().values("", "", "").keySet());
        wanted.columns().stream().map(SourceColumn::name).forEach(brought::add);
        return brought;
    }
}
