package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a whole copy does not bring: columns that only the target has keep their values in rows that stay. Pure. */
final class KeptColumns {
    private KeptColumns() {}

    /**
     * Completes the rows of a copy's table, which has all columns of the target, from those that the target has now; empty
     * where nothing is to be kept, or nothing tells which row is which.
     */
    static Optional<String> statement(TableId copy, LiveTable live, Set<String> brought, ClickHouseSettings settings) {
        boolean keyed = live.replaces(settings.versionColumn(), settings.deletedColumn());
        List<String> into = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        boolean kept = false;
        for (LiveColumn column : live.columns().values()) {
            String name = Sql.name(column.name());
            if (!column.isWritten()) {
                continue;
            }
            boolean own = column.name().equals(settings.versionColumn())
                    || column.name().equals(settings.deletedColumn());
            boolean stays = !own && !brought.contains(column.name());
            kept |= stays;
            into.add(name);
            values.add((stays ? "t." : "c.") + name);
            if (column.key()) {
                conditions.add("c." + name + " = t." + name);
            }
        }
        if (!keyed || !kept || conditions.isEmpty()) {
            return Optional.empty();
        }
        String columns = String.join(", ", into);
        return Optional.of("INSERT INTO " + Sql.table(copy) + " (" + columns + ") SELECT " + String.join(", ", values)
                + " FROM (SELECT " + columns + " FROM " + Sql.table(copy) + " FINAL) AS c INNER JOIN (SELECT " + columns
                + " FROM " + Sql.table(live.table()) + " FINAL) AS t ON " + String.join(" AND ", conditions));
    }
}
