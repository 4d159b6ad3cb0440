package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.warehouse.Warehouse;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Whether a session has what the settings name: role, warehouse, database and stage. Changes nothing. */
final class Access {
    private final Connection connection;
    private final SnowflakeSettings settings;
    private final List<Warehouse.Problem> problems = new ArrayList<>();

    Access(Connection connection, SnowflakeSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    List<Warehouse.Problem> check() throws SQLException {
        Map<String, String> current = Statements.query(
                        connection,
                        "SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_DATABASE()",
                        row -> Map.of(
                                "role", Objects.requireNonNullElse(row.getString(1), ""),
                                "warehouse", Objects.requireNonNullElse(row.getString(2), ""),
                                "database", Objects.requireNonNullElse(row.getString(3), "")))
                .get(0);
        Place place = settings.place();
        String role = settings.role();
        if (!role.isEmpty() && !role.equalsIgnoreCase(Objects.requireNonNull(current.get("role")))) {
            problem(SnowflakeWarehouse.ROLE, "is not granted to the user, whose role is " + current.get("role"));
        }
        if (Objects.requireNonNull(current.get("warehouse")).isEmpty()) {
            problem(
                    SnowflakeWarehouse.WAREHOUSE,
                    settings.warehouse().isEmpty()
                            ? "is needed: the user has no default warehouse"
                            : "does not exist, or role " + current.get("role") + " has no USAGE on it");
        }
        if (!place.name(place.database()).equals(current.get("database"))) {
            problem(
                    SnowflakeWarehouse.DATABASE,
                    place.name(place.database()) + " does not exist, or role " + current.get("role")
                            + " has no USAGE on it");
        } else if (settings.avro()) {
            stage();
        }
        return problems;
    }

    private void stage() throws SQLException {
        try {
            Statements.query(connection, "LIST " + Sql.text(settings.stage()), row -> row.getString(1));
        } catch (SQLException e) {
            if (SqlErrors.isTransient(e)) {
                throw e;
            }
            problem(WarehouseSinkConfig.STAGING_LOCATION, "cannot be looked at: " + e.getMessage());
        }
    }

    private void problem(String key, String message) {
        problems.add(new Warehouse.Problem(key, message));
    }
}
