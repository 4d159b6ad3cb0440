package io.millrace.sink.warehouse.duckdb;

import static io.millrace.sink.warehouse.duckdb.OwnTables.execute;

import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives up copies that nobody goes on with: of connectors that were deleted, or of sources that never ended them. */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final long PERIOD_NANOS = 60_000_000_000L;

    private final AbandonedSql copies;
    private final long keepMillis;
    private long next = System.nanoTime();

    Janitor(AbandonedSql copies, long keepMillis) {
        this.copies = copies;
        this.keepMillis = keepMillis;
    }

    private record Left(String ledgerId, Generation generation) {}

    /** Once a minute. This connector's are dropped like what was aborted, those of others here. */
    boolean look(Connection connection) throws SQLException {
        if (System.nanoTime() - next < 0) {
            return false;
        }
        next = System.nanoTime() + PERIOD_NANOS;
        execute(connection, "BEGIN TRANSACTION");
        List<Left> abandoned = found(connection, copies.abandoned(keepMillis));
        for (Left each : abandoned) {
            execute(connection, copies.log().of(each.ledgerId).giveUp(each.generation));
        }
        List<Left> others = found(connection, copies.leftByOthers());
        for (Left each : others) {
            execute(
                    connection,
                    "DROP TABLE IF EXISTS " + Sql.table(Catalog.database(connection), each.generation.staging()));
            execute(connection, copies.log().of(each.ledgerId).forgetOffsets(each.generation));
            execute(connection, copies.log().of(each.ledgerId).cleared(each.generation));
        }
        execute(connection, "COMMIT");
        abandoned.forEach(each -> LOG.warn(
                "Nothing has come of copy {} of table {} by the connector with the ledger id {} for {} ms: it is given up",
                each.generation.id(),
                each.generation.target(),
                each.ledgerId,
                keepMillis));
        others.forEach(each -> LOG.warn(
                "Table {} was left behind by a copy that nobody goes on with: it is dropped",
                each.generation.staging()));
        return true;
    }

    private static List<Left> found(Connection connection, String query) throws SQLException {
        List<Left> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                TableId target = new TableId(Router.split(rows.getString(2)));
                found.add(new Left(rows.getString(1), Generation.of(target, rows.getString(3))));
            }
        }
        return found;
    }
}
