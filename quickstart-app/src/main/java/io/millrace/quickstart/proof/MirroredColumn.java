package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of the source.
 *
 * @param name as the catalog has it
 * @param type Postgres's name of its type, {@code array} for all arrays
 * @param sized whether it says how large its values are, as {@code numeric(10, 2)}
 */
record MirroredColumn(String name, String type, boolean sized) {
    /** The columns of a table in the source, in order, without generated ones: those are not mirrored. */
    static List<MirroredColumn> of(Connection source, Relation table) throws SQLException {
        List<MirroredColumn> columns = new ArrayList<>();
        try (var query = source.prepareStatement(
                """
                SELECT a.attname, t.typname, t.typcategory, a.atttypmod FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                ORDER BY a.attnum""")) {
            query.setString(1, table.sql());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(new MirroredColumn(
                            rows.getString(1),
                            rows.getString(3).equals("A") ? "array" : rows.getString(2),
                            rows.getInt(4) >= 0));
                }
            }
        }
        return columns;
    }
}
