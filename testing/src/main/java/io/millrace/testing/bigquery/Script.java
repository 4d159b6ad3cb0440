package io.millrace.testing.bigquery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs statements one behind the other; where one fails, an open transaction is rolled back. */
final class Script {
    private final Connection connection;
    private final Metadata metadata;
    private final List<Done> done = new ArrayList<>();
    private long rowCount;

    /** A statement that has run. */
    record Done(String type, long inserted, long updated, long deleted) {}

    /** Why BigQuery would refuse a statement. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;

        Refused(String reason, String message) {
            super(message);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    Script(Connection connection, Metadata metadata) {
        this.connection = connection;
        this.metadata = metadata;
    }

    List<Done> done() {
        return done;
    }

    void run(String sql) throws Refused {
        List<List<Token>> statements = Token.statements(sql);
        try (Statement statement = connection.createStatement()) {
            boolean open = false;
            try {
                for (List<Token> each : statements) {
                    String first = each.get(0).text().toUpperCase(Locale.ROOT);
                    if (first.equals("ASSERT")) {
                        check(statement, each);
                        continue;
                    }
                    execute(statement, first, each);
                    open = first.equals("BEGIN") || open && !first.equals("COMMIT") && !first.equals("ROLLBACK");
                }
            } finally {
                if (open) {
                    rollback();
                }
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private void rollback() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction")) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The rows of a query, and their columns, as {@code jobs.query} answers. */
    void query(String sql, ObjectNode answer) throws Refused {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(DuckSql.of(Token.statements(sql).get(0), 0))) {
            ResultSetMetaData columns = rows.getMetaData();
            ArrayNode fields = answer.putObject("schema").putArray("fields");
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                boolean whole = columns.getColumnTypeName(i).matches("(BIG|SMALL)?INT(EGER)?|HUGEINT");
                fields.addObject()
                        .put("name", columns.getColumnName(i))
                        .put("type", whole ? "INTEGER" : "STRING")
                        .put("mode", "NULLABLE");
            }
            ArrayNode list = answer.putArray("rows");
            while (rows.next()) {
                ArrayNode values = list.addObject().putArray("f");
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    values.addObject().put("v", rows.getString(i));
                }
            }
            answer.put("totalRows", String.valueOf(list.size()));
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private void check(Statement statement, List<Token> assertion) throws SQLException, Refused {
        int as = assertion.size() - 3;
        String condition = DuckSql.of(assertion.subList(1, as), rowCount);
        try (ResultSet row = statement.executeQuery("SELECT " + condition)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new Refused(
                        "invalidQuery",
                        "Assertion failed: "
                                + assertion.get(assertion.size() - 1).text());
            }
        }
    }

    private void execute(Statement statement, String first, List<Token> tokens) throws SQLException {
        boolean table =
                first.equals("CREATE") && Token.withoutSpaces(tokens).get(1).is("TABLE");
        boolean schema =
                first.equals("CREATE") && Token.withoutSpaces(tokens).get(1).is("SCHEMA");
        List<Token> own = schema
                ? tokens.stream().takeWhile(token -> !token.is("OPTIONS")).toList()
                : table ? Ddl.withoutClauses(tokens) : tokens;
        String sql = DuckSql.of(own, rowCount);
        if (first.equals("MERGE")) {
            merge(statement, sql);
        } else if (Token.withoutSpaces(tokens).stream().anyMatch(token -> token.is("OPTIONS"))
                && first.equals("ALTER")) {
            done.add(new Done("ALTER_TABLE", 0, 0, 0));
        } else {
            statement.execute(sql);
            rowCount = Math.max(0, statement.getLargeUpdateCount());
            done.add(new Done(
                    first,
                    first.equals("INSERT") ? rowCount : 0,
                    first.equals("UPDATE") ? rowCount : 0,
                    first.equals("DELETE") ? rowCount : 0));
        }
        metadata.see(tokens);
    }

    private void merge(Statement statement, String sql) throws SQLException {
        long inserted = 0;
        long updated = 0;
        long deleted = 0;
        try (ResultSet rows = statement.executeQuery(sql + " RETURNING merge_action")) {
            while (rows.next()) {
                String action = rows.getString(1);
                inserted += action.equals("INSERT") ? 1 : 0;
                updated += action.equals("UPDATE") ? 1 : 0;
                deleted += action.equals("DELETE") ? 1 : 0;
            }
        }
        rowCount = inserted + updated + deleted;
        done.add(new Done("MERGE", inserted, updated, deleted));
    }

    private static Refused refused(SQLException e) {
        String message = String.valueOf(e.getMessage());
        String notNull = "NOT NULL constraint failed: ";
        if (message.contains(notNull)) {
            String column = message.substring(message.indexOf(notNull) + notNull.length())
                    .lines()
                    .findFirst()
                    .orElse("");
            return new Refused(
                    "invalidQuery",
                    "Required field " + column.substring(column.lastIndexOf('.') + 1) + " cannot be null");
        }
        if (message.contains("Conflict on")
                || message.contains("write-write conflict")
                || message.contains("TransactionContext Error")) {
            return new Refused(
                    "invalidQuery", "Transaction is aborted due to concurrent update against a table. " + message);
        }
        if (message.contains("Catalog Error: Table with name") || message.contains("does not exist!")) {
            return new Refused("notFound", "Not found: Table: " + message);
        }
        if (message.contains("Binder Error") && message.contains("column")) {
            return new Refused("invalidQuery", "Unrecognized name: " + message);
        }
        return new Refused("invalidQuery", message);
    }
}
