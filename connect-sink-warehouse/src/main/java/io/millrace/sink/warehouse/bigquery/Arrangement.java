package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * How a new table is partitioned and clustered: as the settings say, and by its key where they say nothing, so that a
 * MERGE reads only blocks that may hold its keys. Pure.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/clustered-tables">Clustered tables</a>
 */
final class Arrangement {
    private static final int MOST_CLUSTERS = 4;
    private static final Set<String> CLUSTERED =
            Set.of("INT64", "STRING", "BOOL", "DATE", "DATETIME", "TIMESTAMP", "NUMERIC", "BIGNUMERIC");

    private final TableShape wanted;
    private final Map<String, String> types;
    private final BigQuerySettings settings;

    /** @param types of the wanted columns */
    Arrangement(TableShape wanted, Map<String, String> types, BigQuerySettings settings) {
        this.wanted = wanted;
        this.types = types;
        this.settings = settings;
    }

    /** Empty or beginning with a line's end. */
    String clauses() {
        StringBuilder clauses = new StringBuilder();
        for (String column : Objects.requireNonNullElse(named(settings.partitions()), List.<String>of())) {
            clauses.append("\nPARTITION BY ").append(partition(column));
        }
        List<String> given = named(settings.clusters());
        if (given != null) {
            given.forEach(column -> type(BigQueryWarehouse.CLUSTER_COLUMNS, column));
        }
        List<String> columns = given != null
                ? given
                : wanted.key().stream()
                        .filter(column -> CLUSTERED.contains(plain(types.getOrDefault(column, ""))))
                        .limit(MOST_CLUSTERS)
                        .toList();
        if (!columns.isEmpty()) {
            clauses.append("\nCLUSTER BY ")
                    .append(Sql.names(columns.stream().map(Names::column).toList()));
        }
        return clauses.toString();
    }

    /** What a key names for the table; of a log the view's name is good too, and known to more people. */
    private @Nullable List<String> named(Map<TableId, List<String>> columns) {
        List<String> own = columns.get(wanted.table());
        if (own != null || !settings.orderedLog()) {
            return own;
        }
        return columns.entrySet().stream()
                .filter(each -> TargetTables.log(each.getKey()).equals(wanted.table()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private String partition(String column) {
        String type = type(BigQueryWarehouse.PARTITION_COLUMNS, column);
        String name = Sql.name(Names.column(column));
        String granularity = settings.granularity();
        return switch (type) {
            case "DATE" ->
                granularity.equals("DAY") || granularity.equals("HOUR")
                        ? name
                        : "DATE_TRUNC(" + name + ", " + granularity + ")";
            case "DATETIME", "TIMESTAMP" -> type + "_TRUNC(" + name + ", " + granularity + ")";
            default ->
                throw new ConnectException("Table " + wanted.table() + ": " + BigQueryWarehouse.PARTITION_COLUMNS
                        + " names the column \"" + column + "\", which is " + type
                        + "; tables are partitioned by columns of type DATE, DATETIME or TIMESTAMP");
        };
    }

    private String type(String key, String column) {
        String type = types.get(column);
        if (type == null) {
            throw new ConnectException("Table " + wanted.table() + ": " + key + " names the column \"" + column
                    + "\", which it does not have");
        }
        return type;
    }

    private static String plain(String type) {
        int parameters = type.indexOf('(');
        return parameters < 0 ? type : type.substring(0, parameters);
    }
}
