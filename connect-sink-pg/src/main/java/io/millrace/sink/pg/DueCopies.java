package io.millrace.sink.pg;

import io.millrace.sink.sql.Resting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole copies that something is to be done about, without those that could not be put in their table's place. */
final class DueCopies {
    private static final Logger LOG = LoggerFactory.getLogger(DueCopies.class);

    private final GenerationLog log;
    private final Set<Due> left = new HashSet<>();
    private final Resting<Due> locked = new Resting<>();

    /** A copy; {@code lost}: it told of rows, and the place where they were gathered is gone. */
    record Due(String target, String generation, String staging, String state, boolean lost) {
        /** Whether it is to take its table's place; else what is left of it is to be cleared away. */
        boolean isWanted() {
            return state.equals("ended");
        }

        /** What cannot be done about it, when that fails. */
        String doing() {
            return isWanted()
                    ? "Table " + target + " cannot be replaced by its new copy"
                    : "Table " + staging + ", where a copy of " + target
                            + " was gathered that is not wanted any more, cannot be dropped";
        }
    }

    DueCopies(GenerationLog log) {
        this.log = log;
    }

    List<Due> due(Connection connection) throws SQLException {
        List<Due> due = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(log.due())) {
            while (rows.next()) {
                due.add(new Due(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getBoolean(5)));
            }
        }
        left.retainAll(due);
        locked.retain(due);
        due.removeAll(left);
        return due;
    }

    /** A copy that is lost. */
    void giveUp(Connection connection, Due due) throws SQLException {
        if (Statements.isAny(connection, log.giveUpLost(due.target(), due.generation()))) {
            LOG.error(
                    "Copy {} of table {} is given up: the ledger is past its rows, and {}, where they were gathered, is gone. The table stays as it is; have the source copy it again",
                    due.generation(),
                    due.target(),
                    due.staging());
        }
    }

    /** Whether rows have come twice that nothing tells apart; then it is not to replace its table, when the transaction commits. */
    boolean isDoubled(Connection connection, Due due) throws SQLException {
        boolean keyless = Statements.isAny(
                connection,
                "SELECT 1 FROM pg_class c WHERE c.oid = to_regclass(" + Sql.text(due.staging())
                        + ") AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)");
        List<String> found = keyless
                ? Statements.strings(connection, log.giveUpDoubled(due.target(), due.generation(), due.staging()))
                : List.of();
        found.forEach(numbers -> LOG.error(
                "Copy {} of table {} is given up: it has {}, as a task of the source was interrupted and has sent some again, and without a key nothing tells them apart. The table stays as it is; have the source copy it again",
                due.generation(),
                due.target(),
                numbers));
        return !found.isEmpty();
    }

    /** Those that other sessions' locks have kept from replacing their tables. */
    Resting<Due> locked() {
        return locked;
    }

    /** Trying this one again is left to another task. */
    void leave(Due due) {
        left.add(due);
    }
}
