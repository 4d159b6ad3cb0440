package io.millrace.sink.pg;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.pg.encode.Encodings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the target's type for a column: the source's own if the target has it and it holds what the records bring, else
 * what they bring. A type of a known extension, or an enum, that the target lacks is made where that is allowed.
 */
final class TargetTypes {
    private static final Logger LOG = LoggerFactory.getLogger(TargetTypes.class);

    /** The extension that brings a type. */
    private static final Map<String, String> EXTENSIONS = Map.ofEntries(
            Map.entry("HSTORE", "hstore"),
            Map.entry("CITEXT", "citext"),
            Map.entry("LTREE", "ltree"),
            Map.entry("LQUERY", "ltree"),
            Map.entry("LTXTQUERY", "ltree"),
            Map.entry("CUBE", "cube"),
            Map.entry("SEG", "seg"),
            Map.entry("EAN13", "isn"),
            Map.entry("ISBN", "isn"),
            Map.entry("ISBN13", "isn"),
            Map.entry("ISSN", "isn"),
            Map.entry("ISSN13", "isn"),
            Map.entry("UPC", "isn"),
            Map.entry("GEOMETRY", "postgis"),
            Map.entry("GEOGRAPHY", "postgis"),
            Map.entry("VECTOR", "vector"),
            Map.entry("HALFVEC", "vector"),
            Map.entry("SPARSEVEC", "vector"));

    /** No privilege; not installed on the server, as older and newer ones say it. */
    private static final Set<String> CANNOT = Set.of("42501", "58P01", "0A000");

    private final Connection connection;
    private final TableId table;
    private final Making making;
    private final List<String> ddl = new ArrayList<>();

    /** What to do about a type that the target lacks. */
    enum Making {
        NO,
        YES,
        /** Say it only. */
        PLAN
    }

    TargetTypes(Connection connection, TableId table, Making making) {
        this.connection = connection;
        this.table = table;
        this.making = making;
    }

    /** What was run, or would be. */
    List<String> ddl() {
        return ddl;
    }

    String of(SourceColumn column) throws SQLException {
        String form = Encodings.of(column).form();
        String builtIn = ColumnTypes.builtIn(column);
        if (builtIn != null && holds(column, form, builtIn)) {
            return builtIn;
        }
        SourceType type = column.type();
        String assumed = ColumnTypes.assumed(column, form);
        if (type == null) {
            LOG.info(
                    "Table {}, column \"{}\": the source does not tell its type; {} is assumed",
                    table,
                    column.name(),
                    assumed);
            return assumed;
        }
        if (builtIn == null) {
            boolean array = type.name().startsWith("_");
            String name = array ? type.name().substring(1) : type.name();
            Optional<String> known = Catalog.findType(connection, name);
            if (known.isEmpty()) {
                String make = make(name, column.schema());
                if (make != null && run(column, make)) {
                    known = making == Making.PLAN ? Optional.of(lastPart(name)) : Catalog.findType(connection, name);
                }
            }
            String found = known.map(each -> each + (array ? "[]" : "")).orElse("");
            if (!found.isEmpty() && (making == Making.PLAN || holds(column, form, found))) {
                return found;
            }
        }
        LOG.warn(
                "Table {}, column \"{}\": the target has no type {} for it, {} is used",
                table,
                column.name(),
                column.describe(),
                assumed);
        return assumed;
    }

    /** Null for a type that the sink does not know how to make. */
    private static @Nullable String make(String name, Schema schema) {
        String last = lastPart(name);
        String extension = EXTENSIONS.get(last.toUpperCase(Locale.ROOT));
        if (extension != null) {
            return "CREATE EXTENSION IF NOT EXISTS " + Sql.name(extension);
        }
        List<String> labels = EnumLabels.of(schema);
        // Without a schema: where the session looks types up.
        return labels.isEmpty() ? null : "CREATE TYPE " + Sql.name(last) + " AS ENUM (" + EnumLabels.list(labels) + ")";
    }

    private boolean run(SourceColumn column, String statement) throws SQLException {
        if (making == Making.NO) {
            return false;
        }
        if (making == Making.PLAN) {
            ddl.add(statement);
            return true;
        }
        try {
            if (Ddl.run(connection, statement)) {
                ddl.add(statement);
            }
            return true;
        } catch (SQLException e) {
            if (!CANNOT.contains(SqlErrors.state(e))) {
                throw e;
            }
            LOG.warn(
                    "Table {}, column \"{}\": its type cannot be made ({}): {}",
                    table,
                    column.name(),
                    statement,
                    e.getMessage());
            return false;
        }
    }

    /** Records have names in upper case, whatever they are in the source. */
    private static String lastPart(String name) {
        String plain = name.replace("\"", "");
        return plain.substring(plain.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** Asks the server for the type's parts, by its name as it would be created. */
    private boolean holds(SourceColumn column, String form, String type) throws SQLException {
        Optional<LiveColumn> probe = Catalog.probe(connection, column.name(), type);
        return probe.isPresent() && Fit.judge(column, form, probe.orElseThrow()).fits();
    }
}
