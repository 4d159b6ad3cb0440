package io.millrace.sink.pg;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** Runs statements that make something unless it is there, which several tasks may do at once. */
final class Ddl {
    /** IF NOT EXISTS does not wait for another session that is making the same thing; 42710 is the row type of a table. */
    private static final Set<String> MADE_MEANWHILE = Set.of("23505", "42P07", "42P06", "42701", "42710");

    private Ddl() {}

    /** Whether what was to be made is there. */
    static boolean isMadeMeanwhile(SQLException e) {
        return MADE_MEANWHILE.contains(SqlErrors.state(e));
    }

    /** Whether it was this session that made it, or nobody needed to. */
    static boolean run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            if (isMadeMeanwhile(e)) {
                return false;
            }
            throw e;
        }
    }
}
