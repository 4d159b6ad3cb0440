package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.Relation;
import io.millrace.quickstart.screen.Figures;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Compares tables of two databases by {@link Digest}. */
public record Proof(DatabaseAddress source, DatabaseAddress target) implements Comparison {
    private static final Digest NOTHING = new Digest(0, BigDecimal.ZERO);

    /** How one table compares; a table that could not be read in the target says why. */
    public record Result(Relation table, Digest source, Digest target, String problem) {
        public boolean equal() {
            return problem.isEmpty() && source.equals(target);
        }

        /** A line of the table that the user sees. */
        public String text(int nameWidth) {
            String verdict = !problem.isEmpty()
                    ? problem
                    : equal() ? "equal" : source.rows() == target.rows() ? "CHECKSUMS DIFFER" : "ROWS DIFFER";
            return String.format(
                    Locale.ROOT,
                    "  %-" + nameWidth + "s %12s %12s  %20s  %s",
                    table,
                    Figures.count(source.rows()),
                    Figures.count(target.rows()),
                    source.checksum(),
                    verdict);
        }
    }

    /** Both databases compute at the same time. */
    @Override
    public List<Result> compare(List<Relation> tables) {
        List<Result> results = new ArrayList<>();
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            for (Relation table : tables) {
                results.add(compare(from, to, table));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Comparing failed: " + e.getMessage(), e);
        }
        return results;
    }

    private static Result compare(Connection from, Connection to, Relation table) throws SQLException {
        List<String> columns = Digest.columns(from, table);
        CompletableFuture<Result> there = CompletableFuture.supplyAsync(() -> {
            try {
                return new Result(table, NOTHING, Digest.of(to, table, columns), "");
            } catch (SQLException e) {
                return new Result(table, NOTHING, NOTHING, firstLine(e));
            }
        });
        Digest here = Digest.of(from, table, columns);
        Result target = there.join();
        return new Result(table, here, target.target(), target.problem());
    }

    private static String firstLine(SQLException e) {
        String message = e.getMessage();
        return message == null ? "cannot be read" : message.lines().findFirst().orElse("cannot be read");
    }
}
