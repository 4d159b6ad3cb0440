package io.millrace.sink.pg;

import io.millrace.core.EnumType;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;

/** The labels of enums, which records carry in their schema, and what to do when the source has got more of them. */
final class EnumLabels {
    private static final String ENUM = "io.debezium.data.Enum";
    private static final String ALLOWED = "allowed";

    private EnumLabels() {}

    /**
     * Of an enum or an array of one; empty for other types. Sources that do not tell labels with a comma in them by
     * {@link EnumType#PARAMETER} have them torn here.
     */
    static List<String> of(Schema column) {
        String told = column.parameters() == null ? null : column.parameters().get(EnumType.PARAMETER);
        if (told != null) {
            return EnumType.read(told);
        }
        Schema schema = column.type() == Schema.Type.ARRAY ? column.valueSchema() : column;
        Map<String, String> parameters = schema.parameters();
        String allowed = parameters == null ? null : parameters.get(ALLOWED);
        return allowed == null || allowed.isEmpty() || !ENUM.equals(schema.name())
                ? List.of()
                : List.of(allowed.split(",", -1));
    }

    static String list(List<String> labels) {
        return labels.stream().map(Sql::text).collect(Collectors.joining(", "));
    }

    /**
     * The statements that give the target's enums what they lack, each in its place.
     *
     * @throws ConnectException where the policy forbids it
     */
    static List<String> missing(Connection connection, TableShape wanted, LiveTable live, EvolutionPolicy policy)
            throws SQLException {
        List<String> statements = new ArrayList<>();
        if (policy == EvolutionPolicy.NONE) {
            return statements;
        }
        for (SourceColumn column : wanted.columns()) {
            List<String> labels = of(column.schema());
            LiveColumn existing = live.columns().get(column.name());
            if (labels.isEmpty() || existing == null || !existing.userDefined()) {
                continue;
            }
            String type = existing.cast().replace("[]", "");
            List<String> there = labels(connection, type);
            // Torn labels cannot be compared with whole ones.
            boolean torn = EnumType.isAmbiguous(there) && !EnumType.isAmbiguous(labels);
            boolean complete = there.isEmpty() || there.containsAll(labels) || torn;
            if (!complete && policy == EvolutionPolicy.FAIL) {
                throw new ConnectException("Table " + wanted.table() + ": the type " + type + " of column \""
                        + column.name() + "\" lacks labels that the source's has (schema.evolution=fail)");
            }
            if (!complete) {
                statements.addAll(add(type, labels, there));
            }
        }
        return statements;
    }

    private static List<String> add(String type, List<String> labels, List<String> there) {
        List<String> statements = new ArrayList<>();
        String before = "";
        for (String label : labels) {
            if (!there.contains(label)) {
                statements.add("ALTER TYPE " + type + " ADD VALUE IF NOT EXISTS " + Sql.text(label)
                        + (before.isEmpty() ? " BEFORE " + Sql.text(there.get(0)) : " AFTER " + before));
            }
            before = Sql.text(label);
        }
        return statements;
    }

    private static List<String> labels(Connection connection, String type) throws SQLException {
        List<String> labels = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype("
                        + Sql.text(type) + ") ORDER BY enumsortorder")) {
            while (rows.next()) {
                labels.add(rows.getString(1));
            }
        }
        return labels;
    }
}
