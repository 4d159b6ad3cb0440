package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.MirroredTable;
import io.millrace.quickstart.database.Relation;
import io.millrace.testing.ConnectRest;
import io.millrace.testing.ConnectorStatus;
import io.millrace.testing.WorkerProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The two connectors of the quickstart, from the files that users start from, with this run's addresses. */
final class Mirror {
    static final String SOURCE_FILE = "postgres-source.json";
    private static final String QUERY_FILE = "query-source-xmin.json";

    private final WorkerProcess worker;
    private final DatabaseAddress sourceAddress;
    private final List<Relation> asked;
    private final Example source;
    private final Example sink;

    Mirror(WorkerProcess worker, DatabaseAddress from, Example sink, List<Relation> tables) {
        this.worker = worker;
        sourceAddress = from;
        asked = List.of();
        source = source(from, tables);
        this.sink = sink;
    }

    private Mirror(WorkerProcess worker, DatabaseAddress from, Example sink, List<Relation> asked, Example source) {
        this.worker = worker;
        this.sourceAddress = from;
        this.sink = sink;
        this.asked = List.copyOf(asked);
        this.source = source;
    }

    /** By xmin of each table, every second; into the topics that the sink's example reads. */
    static Mirror byQuery(WorkerProcess worker, DatabaseAddress from, Example sink, List<Relation> tables) {
        Example source = reached(Example.read(QUERY_FILE), from)
                .with("topic.prefix", Example.read(SOURCE_FILE).get("topic.prefix"))
                .with("refresh.interval.ms", "1000")
                .with("tasks.max", "2")
                .with("mirrors", tables.stream().map(Relation::toString).collect(Collectors.joining(",")));
        for (Relation table : tables) {
            source = source.with("mirrors." + table + ".table", table.toString());
        }
        return new Mirror(worker, from, sink, tables, source);
    }

    static String sourceFile(boolean byQuery) {
        return byQuery ? QUERY_FILE : SOURCE_FILE;
    }

    private static Example source(DatabaseAddress from, List<Relation> tables) {
        Example example = reached(Example.read(SOURCE_FILE), from);
        String list =
                tables.stream().map(table -> Pattern.quote(table.toString())).collect(Collectors.joining(","));
        return tables.isEmpty() ? example : example.with("table.include.list", list);
    }

    private static Example reached(Example file, DatabaseAddress from) {
        Example example = file.with("database.hostname", from.host())
                .with("database.port", String.valueOf(from.port()))
                .with("database.dbname", from.name())
                .with("database.user", from.user())
                .with("database.password", from.password());
        for (Map.Entry<String, String> parameter : from.parameters().entrySet()) {
            if (parameter.getKey().startsWith("ssl")) {
                example = example.with("database." + parameter.getKey(), parameter.getValue());
            }
        }
        return example;
    }

    Example source() {
        return source;
    }

    Example sink() {
        return sink;
    }

    /** Submits both, each checked by the worker first: the errors name the key. */
    void submit() {
        ConnectRest rest = worker.rest();
        for (Example example : List.of(source, sink)) {
            Map<String, List<String>> errors =
                    rest.validationErrors(example.with("name", example.name()).config());
            if (!errors.isEmpty()) {
                throw new QuickstartException("The worker refuses " + example.name() + ": " + errors);
            }
            rest.put(example.name(), example.config());
        }
    }

    /** Fails with the trace and the end of the worker's log when a connector or a task has failed. */
    void check() {
        for (String name : List.of(source.name(), sink.name())) {
            ConnectorStatus status = worker.rest().status(name);
            if (status.failed()) {
                throw new QuickstartException("Connector " + name + " failed:\n" + status.trace()
                        + "\nThe end of the worker's log:\n" + worker.log(30));
            }
        }
    }

    /** The tables asked by query, or those of the publication, once the connector has made it; empty before. */
    List<MirroredTable> tables() {
        try (Connection connection = sourceAddress.connect()) {
            if (!asked.isEmpty()) {
                return MirroredTable.of(connection, asked);
            }
            return MirroredTable.of(connection, source.get("publication.name"));
        } catch (SQLException e) {
            throw new QuickstartException("Asking the source for its tables failed: " + e.getMessage(), e);
        }
    }

    String topic(Relation table) {
        // As Debezium does: what a topic's name cannot hold becomes an underscore.
        return (source.get("topic.prefix") + "." + table).replaceAll("[^a-zA-Z0-9._\\-]", "_");
    }

    /** Takes slot and publication away from a user's database. The worker must have ended. */
    void cleanSource() {
        String slot = source.get("slot.name");
        try (Connection connection = sourceAddress.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + slot + "' AND active_pid IS NOT NULL");
            for (int attempt = 0; attempt < 50 && isActive(statement, slot); attempt++) {
                Thread.sleep(100);
            }
            statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                    + slot + "'");
            statement.execute("DROP PUBLICATION IF EXISTS " + Relation.quote(source.get("publication.name")));
        } catch (SQLException e) {
            throw new QuickstartException(
                    "Slot " + slot + " and publication " + source.get("publication.name")
                            + " could not be dropped in the source, drop them by hand: " + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isActive(Statement statement, String slot) throws SQLException {
        try (var row = statement.executeQuery(
                "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '" + slot + "' AND active)")) {
            return row.next() && row.getBoolean(1);
        }
    }
}
