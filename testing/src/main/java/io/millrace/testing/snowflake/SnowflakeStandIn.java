package io.millrace.testing.snowflake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.testing.LocalHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Answers the vendor's JDBC driver on a port of this machine: login, statements with results in JSON and arrays of binds,
 * PUT to internal stages, COPY of Avro files. There is one database, {@value #DATABASE}, in memory, and gone when it is
 * closed. It shows that requests and statements are well formed and that their results are right on an engine of another
 * vendor; it does not show that Snowflake takes them. Safe for several threads.
 */
public final class SnowflakeStandIn implements AutoCloseable {
    public static final String DATABASE = "MIRROR";
    public static final String USER = "MILLRACE";
    public static final String PASSWORD = "not-a-secret";

    private static final Pattern PUT = Pattern.compile("(?is)\\s*PUT 'file://([^']+)' '(@[^']+)'.*");

    private final ObjectMapper json = new ObjectMapper();
    private final Answers answers = new Answers(json);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "snowflake-stand-in");
        thread.setDaemon(true);
        return thread;
    });
    private final Connection database;
    private final Columns columns = new Columns();
    private final Stages stages = new Stages();
    private final WriteLock lock = new WriteLock();
    private final Map<String, ServerSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong logins = new AtomicLong();
    private final Faults faults = new Faults();
    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());

    private SnowflakeStandIn() throws SQLException, IOException {
        database = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = database.createStatement()) {
            statement.execute("SET GLOBAL TimeZone = 'UTC'");
            for (String macro : DuckSql.MACROS) {
                statement.execute(macro);
            }
            statement.execute("ATTACH ':memory:' AS \"" + DATABASE + "\"");
        }
        server = LocalHttp.server();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static SnowflakeStandIn start() {
        try {
            return new SnowflakeStandIn();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The address of the account. */
    public String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    /** A session on the database behind it, whose statements are DuckDB's. */
    public Connection connect() throws SQLException {
        return duplicate();
    }

    /** The name of a table in a statement on that database. Names as in Snowflake. */
    public String table(String schema, String table) {
        return DuckSql.name(DATABASE) + "." + DuckSql.name(schema) + "." + DuckSql.name(table);
    }

    /** Rows as text, columns joined by a bar, NULL as null, sorted; none without the table. Names as in Snowflake. */
    public List<String> rows(String schema, String table, String... names) {
        if (columns.find(List.of(DATABASE, schema, table)) == null) {
            return List.of();
        }
        return query(schema, table, "", names).stream().sorted().toList();
    }

    /** The same of a view, or of a table in an order. */
    public List<String> query(String schema, String table, String order, String... names) {
        String list = Arrays.stream(names)
                .map(column -> "coalesce(CAST(" + DuckSql.name(column) + " AS VARCHAR), 'null')")
                .collect(Collectors.joining(", "));
        String sql = "SELECT concat_ws('|', " + list + ") FROM " + table(schema, table) + order;
        try (Connection connection = duplicate();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(found.getString(1));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** Types of a table's columns, as DESCRIBE TABLE shows them, in their order. */
    public List<String> types(String schema, String table) {
        Map<String, Columns.Column> found = columns.find(List.of(DATABASE, schema, table));
        return found == null
                ? List.of()
                : found.values().stream().map(Columns.Column::type).toList();
    }

    /** The tables of a schema, sorted; temporary ones are not among them. */
    public List<String> tables(String schema) {
        return columns.names(schema);
    }

    /** Names of the files that lie in stages. */
    public List<String> files() {
        return stages.names();
    }

    /** Empties all stages. */
    public void removeFiles() {
        try {
            stages.remove("@~");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many requests have come. */
    public long requests() {
        return requests.get();
    }

    /** The statements that have come, in their order. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    /** What is to go wrong. */
    public Faults faults() {
        return faults;
    }

    /** Ends all sessions, as after a restart of the service: their tokens are not known any more. */
    public void endSessions() {
        sessions.keySet().forEach(this::logout);
    }

    private DuckDBConnection duplicate() throws SQLException {
        return (DuckDBConnection) database.unwrap(DuckDBConnection.class).duplicate();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            byte[] answer = json.writeValueAsBytes(answer(exchange));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private ObjectNode answer(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        JsonNode body = Requests.body(json, exchange);
        switch (uri.getPath()) {
            case "/session/v1/login-request" -> {
                return login(body, Requests.parameters(uri));
            }
            case "/queries/v1/query-request" -> {
                return query(Requests.token(exchange), body);
            }
            case "/session" -> logout(Requests.token(exchange));
            default -> {
                // Heartbeats, telemetry, cancelling what is over.
            }
        }
        return answers.done();
    }

    private ObjectNode login(JsonNode body, Map<String, String> parameters) {
        JsonNode data = body.path("data");
        boolean known = data.path("LOGIN_NAME").asText().equalsIgnoreCase(USER)
                && (data.path("PASSWORD").asText().equals(PASSWORD)
                        || data.path("AUTHENTICATOR").asText().equalsIgnoreCase("SNOWFLAKE_JWT"));
        if (!known) {
            return answers.error(390100, "08001", "Incorrect username or password was specified.");
        }
        String token = "token-" + logins.incrementAndGet();
        String asked = parameters.getOrDefault("databaseName", "").replace("\"", "");
        Map<String, String> current = Map.of(
                "DATABASE", asked.equals(DATABASE) ? DATABASE : "",
                "WAREHOUSE", parameters.getOrDefault("warehouse", "LOADING"),
                "ROLE", parameters.getOrDefault("roleName", "MIRROR_ROLE"));
        try {
            ServerSession session = new ServerSession(duplicate(), columns, stages, lock, "~" + logins.get(), current);
            sessions.put(token, session);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return answers.login(token, current, parameters.getOrDefault("schemaName", ""));
    }

    private ObjectNode query(String token, JsonNode body) throws IOException {
        ServerSession session = sessions.get(token);
        if (session == null) {
            return answers.error(
                    390111, "08001", "Session no longer exists. New login required to access the service.");
        }
        String sql = body.path("sqlText").asText();
        statements.add(sql);
        if (body.path("describeOnly").asBoolean()) {
            return answers.description(
                    Token.of(sql).stream().filter(each -> each.is("?")).count());
        }
        Faults.Fault fault = faults.next(sql);
        if (fault != null && !fault.afterwards()) {
            return answers.error(fault.code(), fault.state(), "The stand-in was told to fail.");
        }
        ObjectNode answer = carryOut(session, sql, Answers.orNull(body.path("bindings")));
        return fault == null ? answer : answers.error(fault.code(), fault.state(), "The answer was lost.");
    }

    private ObjectNode carryOut(ServerSession session, String sql, @Nullable JsonNode binds) throws IOException {
        Matcher put = PUT.matcher(sql);
        if (put.matches()) {
            Path folder = stages.path(put.group(2));
            Files.createDirectories(folder);
            return answers.upload(put.group(1), folder);
        }
        try {
            return answers.result(session.run(sql, binds));
        } catch (Refused e) {
            return answers.error(e.code(), e.state(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return answers.error(1003, "42000", "The stand-in does not understand this: " + e + ": " + sql);
        }
    }

    private void logout(String token) {
        ServerSession session = sessions.remove(token);
        if (session != null) {
            try {
                session.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        endSessions();
        stages.close();
        try {
            database.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
