package io.millrace.testing.snowflake;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * One session. A transaction of DuckDB's begins with the first statement that changes something, so that what is read is
 * what was committed by then, as with READ COMMITTED; DDL commits it.
 */
final class ServerSession implements AutoCloseable {
    private static final Pattern LOCK_TIMEOUT = Pattern.compile("LOCK_TIMEOUT = (\\d+)");
    private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

    private final DuckDBConnection connection;
    private final Columns columns;
    private final Stages stages;
    private final WriteLock lock;
    private final String suffix;
    private final Map<String, String> current;
    private final Set<List<String>> temporary = new HashSet<>();
    private long lockMillis = 43_200_000;
    private boolean explicit;
    private boolean locked;

    ServerSession(
            DuckDBConnection connection,
            Columns columns,
            Stages stages,
            WriteLock lock,
            String suffix,
            Map<String, String> current) {
        this.connection = connection;
        this.columns = columns;
        this.stages = stages;
        this.lock = lock;
        this.suffix = suffix;
        this.current = new HashMap<>(current);
    }

    synchronized Result run(String sql, @Nullable JsonNode binds) throws Refused, IOException {
        List<Token> tokens = Token.of(sql.strip());
        String first = tokens.get(0).text().toUpperCase(Locale.ROOT);
        try {
            if (CHANGES.contains(first)) {
                return change(first, tokens, binds);
            }
            return switch (first) {
                case "BEGIN" -> begin();
                case "COMMIT" -> end("COMMIT");
                case "ROLLBACK" -> end("ROLLBACK");
                case "SELECT" -> select(tokens);
                case "DESCRIBE" -> describe(tokens);
                case "COPY" -> Loads.copy(connection, stages, sql, renamed(table(tokens)));
                case "LIST" -> list(Token.withoutSpaces(tokens).get(1).text());
                case "REMOVE" -> remove(Token.withoutSpaces(tokens).get(1).text());
                case "ALTER" -> Token.withoutSpaces(tokens).get(1).is("SESSION") ? settings(sql) : ddl(tokens);
                case "CREATE", "DROP", "COMMENT" -> ddl(tokens);
                default -> throw new Refused(1003, "42000", "SQL compilation error: unexpected '" + first + "'.");
            };
        } catch (SQLException e) {
            throw Refused.of(e);
        }
    }

    private Result begin() {
        explicit = true;
        return Result.none();
    }

    private Result end(String how) throws SQLException {
        explicit = false;
        if (locked) {
            try {
                execute(how);
            } finally {
                locked = false;
                lock.release();
            }
        }
        return Result.none();
    }

    private Result settings(String sql) {
        Matcher timeout = LOCK_TIMEOUT.matcher(sql);
        if (timeout.find()) {
            lockMillis = Long.parseLong(timeout.group(1)) * 1000;
        }
        return Result.none();
    }

    private Result select(List<Token> tokens) throws SQLException {
        String sql = translated(tokens);
        for (Map.Entry<String, String> each : current.entrySet()) {
            String value =
                    each.getValue().isEmpty() ? "NULL" : "'" + each.getValue().replace("'", "''") + "'";
            sql = sql.replace("CURRENT_" + each.getKey() + "()", value);
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return Result.of(rows);
        }
    }

    private Result change(String first, List<Token> tokens, @Nullable JsonNode binds) throws SQLException, Refused {
        List<String> table = table(tokens);
        if (temporary.contains(table)) {
            // Nobody else sees it, so nobody waits for it.
            return binds == null ? carryOut(first, tokens) : Loads.insert(connection, renamed(table), binds);
        }
        if (!locked) {
            lock.take(lockMillis);
            locked = true;
            try {
                execute("BEGIN TRANSACTION");
            } catch (SQLException e) {
                locked = false;
                lock.release();
                throw e;
            }
        }
        boolean done = false;
        try {
            Result result = carryOut(first, tokens);
            done = true;
            return result;
        } finally {
            if (!explicit) {
                end(done ? "COMMIT" : "ROLLBACK");
            } else if (!done) {
                // DuckDB goes on with nothing but a rollback; neither does the sink.
                end("ROLLBACK");
            }
        }
    }

    private Result carryOut(String first, List<Token> tokens) throws SQLException {
        String sql = translated(tokens);
        try (Statement statement = connection.createStatement()) {
            if (first.equals("MERGE")) {
                return merge(statement, sql, tokens);
            }
            statement.execute(sql);
            long count = Math.max(0, statement.getLargeUpdateCount());
            return switch (first) {
                case "INSERT" -> Result.counts(Result.INSERT, List.of("number of rows inserted"), count);
                case "UPDATE" ->
                    Result.counts(
                            Result.UPDATE,
                            List.of("number of rows updated", "number of multi-joined rows updated"),
                            count,
                            0);
                default -> Result.counts(Result.DELETE, List.of("number of rows deleted"), count);
            };
        }
    }

    /** Only what the statement can do is counted. */
    private static Result merge(Statement statement, String sql, List<Token> tokens) throws SQLException {
        Map<String, Long> done = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(sql + " RETURNING merge_action")) {
            while (rows.next()) {
                done.merge(rows.getString(1), 1L, Long::sum);
            }
        }
        List<String> names = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        for (String action : List.of("INSERT", "UPDATE", "DELETE")) {
            if (tokens.stream().anyMatch(token -> token.is(action))) {
                names.add("number of rows " + action.toLowerCase(Locale.ROOT) + (action.endsWith("E") ? "d" : "ed"));
                counts.add(done.getOrDefault(action, 0L));
            }
        }
        return Result.counts(
                Result.MERGE, names, counts.stream().mapToLong(Long::longValue).toArray());
    }

    private Result ddl(List<Token> tokens) throws SQLException, Refused {
        end("COMMIT");
        boolean own = tokens.stream().anyMatch(token -> token.is("TEMPORARY"));
        List<Token> plain = tokens.stream()
                .filter(token -> !token.is("TEMPORARY") && !token.is("TRANSIENT"))
                .toList();
        boolean table = plain.stream().anyMatch(token -> token.is("TABLE"));
        if (own) {
            temporary.add(table(tokens));
        }
        boolean drop = tokens.get(0).is("DROP") && temporary.contains(table(tokens));
        if (own || drop) {
            execute(translated(plain));
        } else {
            lock.take(lockMillis);
            try {
                execute(translated(plain));
                columns.see(plain);
            } finally {
                lock.release();
            }
        }
        if (drop && table) {
            temporary.remove(table(tokens));
        }
        return Result.none();
    }

    private Result describe(List<Token> tokens) throws Refused {
        List<String> table = table(tokens);
        Map<String, Columns.Column> found = columns.find(table);
        if (found == null) {
            throw Refused.missing(String.join(".", table));
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        found.forEach(
                (name, column) -> rows.add(List.of(name, column.type(), "COLUMN", column.required() ? "N" : "Y")));
        return new Result(
                Result.SELECT, List.of("name", "type", "kind", "null?"), List.of(false, false, false, false), rows);
    }

    private Result list(String location) {
        String folder = stages.path(location).getFileName().toString();
        List<List<@Nullable String>> rows = new ArrayList<>();
        stages.names().stream().filter(name -> name.contains(folder)).forEach(name -> rows.add(List.of(name)));
        return new Result(Result.SELECT, List.of("name"), List.of(false), rows);
    }

    private Result remove(String location) throws IOException {
        stages.remove(location);
        return new Result(Result.SELECT, List.of("name", "result"), List.of(false, false), List.of());
    }

    private List<String> table(List<Token> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).kind() == Token.Kind.NAME) {
                return DuckSql.path(tokens, i);
            }
        }
        return List.of();
    }

    private String translated(List<Token> tokens) {
        return DuckSql.of(tokens, this::renamed);
    }

    /** Temporary tables of two sessions may have one name. */
    private List<String> renamed(List<String> table) {
        return temporary.contains(table) ? List.of(table.get(0), table.get(1), table.get(2) + suffix) : table;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        end("ROLLBACK");
        for (List<String> table : temporary) {
            List<String> renamed = renamed(table);
            execute("DROP TABLE IF EXISTS " + DuckSql.name(renamed.get(0)) + "." + DuckSql.name(renamed.get(1)) + "."
                    + DuckSql.name(renamed.get(2)));
        }
        connection.close();
    }
}
