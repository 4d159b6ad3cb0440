package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.Relation;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Compares a Postgres database with tables in DuckDB: count, and the sum over all rows of 60 bits of the md5 of the row's
 * text, which each computes for itself.
 */
public record DuckDbProof(DatabaseAddress source, Engine engine) implements Comparison {
    private static final Digest NOTHING = new Digest(0, BigDecimal.ZERO);

    /** Where the tables are. */
    public interface Engine {
        /** @throws SQLException saying why nothing can be read yet */
        Connection open() throws SQLException;

        /** The name of a table in a statement. */
        default String table(Relation table) {
            return table.sql();
        }

        /** Whether arrays are lists, and intervals intervals; if not they are JSON, and text in ISO 8601's form. */
        default boolean hasLists() {
            return true;
        }
    }

    /** A file, opened for reading, which DuckDB allows while its writer has closed it. */
    public static DuckDbProof ofFile(DatabaseAddress source, Path file) {
        return new DuckDbProof(source, () -> {
            if (!Files.exists(file)) {
                throw new SQLException("no file yet");
            }
            Properties readOnly = new Properties();
            readOnly.setProperty("access_mode", "READ_ONLY");
            return DriverManager.getConnection("jdbc:duckdb:" + file, readOnly);
        });
    }

    @Override
    public List<Proof.Result> compare(List<Relation> tables) {
        List<Proof.Result> results = new ArrayList<>();
        try (Connection from = source.connect();
                Statement here = from.createStatement()) {
            List<List<Portable>> columns = new ArrayList<>();
            for (Relation table : tables) {
                List<Portable> portable = Portable.columns(from, table, engine.hasLists());
                columns.add(portable);
                Digest digest = Portable.digest(
                        here, table, portable.stream().map(Portable::postgres).toList());
                results.add(new Proof.Result(table, digest, NOTHING, "not looked at"));
            }
            target(results, columns);
        } catch (SQLException e) {
            throw new IllegalStateException("Comparing failed: " + e.getMessage(), e);
        }
        return results;
    }

    private void target(List<Proof.Result> results, List<List<Portable>> columns) {
        try (Connection to = engine.open();
                Statement there = to.createStatement()) {
            for (int i = 0; i < results.size(); i++) {
                results.set(i, there(there, results.get(i), columns.get(i)));
            }
        } catch (SQLException e) {
            results.replaceAll(here -> new Proof.Result(here.table(), here.source(), NOTHING, firstLine(e)));
        }
    }

    private Proof.Result there(Statement there, Proof.Result here, List<Portable> columns) {
        try {
            String texts = Portable.texts(columns.stream().map(Portable::duckDb).toList());
            Digest digest =
                    Portable.digest(there, engine.table(here.table()), texts, "('0x' || left(md5(%s), 15))::UBIGINT");
            return new Proof.Result(here.table(), here.source(), digest, "");
        } catch (SQLException e) {
            return new Proof.Result(here.table(), here.source(), NOTHING, firstLine(e));
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read");
    }
}
