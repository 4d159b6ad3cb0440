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
 * Compares a Postgres database with a DuckDB file: count, and the sum over all rows of 60 bits of the md5 of the row's
 * text, which each computes for itself. The file is opened for reading, which DuckDB allows while its writer has closed it.
 */
public record DuckDbProof(DatabaseAddress source, Path file) implements Comparison {
    private static final Digest NOTHING = new Digest(0, BigDecimal.ZERO);

    @Override
    public List<Proof.Result> compare(List<Relation> tables) {
        List<Proof.Result> results = new ArrayList<>();
        try (Connection from = source.connect();
                Statement here = from.createStatement()) {
            List<List<Portable>> columns = new ArrayList<>();
            for (Relation table : tables) {
                List<Portable> portable = Portable.columns(from, table);
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
        Properties readOnly = new Properties();
        readOnly.setProperty("access_mode", "READ_ONLY");
        String problem = Files.exists(file) ? "" : "no file yet";
        if (problem.isEmpty()) {
            try (Connection to = DriverManager.getConnection("jdbc:duckdb:" + file, readOnly);
                    Statement there = to.createStatement()) {
                for (int i = 0; i < results.size(); i++) {
                    results.set(i, there(there, results.get(i), columns.get(i)));
                }
                return;
            } catch (SQLException e) {
                problem = firstLine(e);
            }
        }
        for (int i = 0; i < results.size(); i++) {
            Proof.Result here = results.get(i);
            results.set(i, new Proof.Result(here.table(), here.source(), NOTHING, problem));
        }
    }

    private static Proof.Result there(Statement there, Proof.Result here, List<Portable> columns) {
        try {
            String texts = Portable.texts(columns.stream().map(Portable::duckDb).toList());
            Digest digest = Portable.digest(there, here.table(), texts, "('0x' || left(md5(%s), 15))::UBIGINT");
            return new Proof.Result(here.table(), here.source(), digest, "");
        } catch (SQLException e) {
            return new Proof.Result(here.table(), here.source(), NOTHING, firstLine(e));
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read");
    }
}
