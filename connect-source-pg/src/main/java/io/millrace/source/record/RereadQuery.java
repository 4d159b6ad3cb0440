package io.millrace.source.record;

import io.millrace.source.catalog.Identifier;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** Reads the columns of one row that hold the unchanged-TOAST placeholder, by the row's key. */
public final class RereadQuery {
    private final TableSchema schema;
    private final List<TableSchema.Column> wanted;
    private final List<String> keyTexts;
    private final String sql;

    private RereadQuery(TableSchema schema, List<TableSchema.Column> wanted, List<String> keyTexts) {
        this.schema = schema;
        this.wanted = wanted;
        this.keyTexts = keyTexts;
        StringBuilder text = new StringBuilder("SELECT ");
        for (int i = 0; i < wanted.size(); i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(Identifier.quoted(wanted.get(i).name()));
        }
        text.append(" FROM ").append(schema.table().quoted()).append(" WHERE ");
        for (int i = 0; i < keyTexts.size(); i++) {
            text.append(i == 0 ? "" : " AND ")
                    .append(Identifier.quoted(schema.ownColumns().get(i).name()))
                    .append(" = ?");
        }
        this.sql = text.toString();
    }

    /** Null when a key column's type has no text that is known here. */
    public static @Nullable RereadQuery of(TableSchema schema, Struct row) {
        List<String> keyTexts = new ArrayList<>();
        for (TableSchema.Column column : schema.ownColumns()) {
            String text = KeyText.of(column.field().schema(), row.get(column.field()));
            if (text == null) {
                return null;
            }
            keyTexts.add(text);
        }
        List<TableSchema.Column> wanted = new ArrayList<>();
        for (int i = 0; i < schema.width(); i++) {
            TableSchema.Column column = schema.column(i);
            if (column != null && row.get(column.field()) == column.codec().unavailable()) {
                wanted.add(column);
            }
        }
        return wanted.isEmpty() || keyTexts.isEmpty() ? null : new RereadQuery(schema, wanted, keyTexts);
    }

    public String sql() {
        return sql;
    }

    /** As text of no type, so that the server takes each for its column's; values come in text form as well. */
    public void bind(PreparedStatement statement) throws SQLException {
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        for (int i = 0; i < keyTexts.size(); i++) {
            statement.setObject(i + 1, keyTexts.get(i), Types.OTHER);
        }
    }

    /** False when a value found does not fit the row's schema, which is then from another time. */
    public boolean fill(ResultSet found, Struct row) throws SQLException {
        for (int i = 0; i < wanted.size(); i++) {
            String text = found.getString(i + 1);
            TableSchema.Column column = wanted.get(i);
            if (text == null && !column.field().schema().isOptional()) {
                return false;
            }
            byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            row.put(column.field(), bytes == null ? null : column.codec().fromText(bytes, 0, bytes.length));
        }
        return true;
    }

    @Override
    public String toString() {
        return "columns of " + schema.table() + " by key";
    }
}
