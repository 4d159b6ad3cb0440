package io.millrace.testing.bigquery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.testing.LocalHttp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Answers the vendor's client on a port of this machine: datasets, tables, query jobs with scripts and transactions, load
 * jobs of Avro files by resumable upload. Data is in memory and gone when it is closed. It shows that requests and
 * statements are well formed and that their results are right on an engine of another vendor; it does not show that
 * BigQuery takes them. Safe for several threads.
 */
public final class BigQueryStandIn implements AutoCloseable {
    private static final Pattern PATH = Pattern.compile("(/upload)?/bigquery/v2/projects/([^/]+)/(.*)");

    private final ObjectMapper json = new ObjectMapper();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "bigquery-stand-in");
        thread.setDaemon(true);
        return thread;
    });
    private final Connection database;
    private final Metadata metadata = new Metadata();
    private final Map<String, ObjectNode> jobs = new ConcurrentHashMap<>();
    private final Map<String, ObjectNode> children = new ConcurrentHashMap<>();
    private final Map<String, ObjectNode> loads = new ConcurrentHashMap<>();
    private final Uploads uploads = new Uploads();
    private final Buckets buckets = new Buckets();
    private final AtomicLong requests = new AtomicLong();
    private final Faults faults = new Faults();

    private BigQueryStandIn() throws SQLException, IOException {
        database = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = database.createStatement()) {
            statement.execute("SET GLOBAL TimeZone = 'UTC'");
            for (String macro : DuckSql.MACROS) {
                statement.execute(macro);
            }
        }
        server = LocalHttp.server();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static BigQueryStandIn start() {
        try {
            return new BigQueryStandIn();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the client takes as its host. */
    public String endpoint() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    /** A session on the database behind it; schemas are datasets, and upper-case letters of tables have a ~ before them. */
    public Connection connect() throws SQLException {
        return duplicate();
    }

    /** The name of a table in a statement on that database. */
    public String table(String dataset, String table) {
        return DuckSql.name(dataset) + "." + DuckSql.table(table);
    }

    /** Rows as text, columns joined by a bar, NULL as null, sorted; none without the table. */
    public List<String> rows(String dataset, String table, String... columns) {
        if (metadata.find(dataset, table) == null) {
            return List.of();
        }
        String list = Arrays.stream(columns)
                .map(column -> "coalesce(CAST(" + DuckSql.name(column) + " AS VARCHAR), 'null')")
                .collect(Collectors.joining(", "));
        String sql = "SELECT concat_ws('|', " + list + ") FROM " + table(dataset, table);
        try (Connection connection = duplicate();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(found.getString(1));
            }
            Collections.sort(rows);
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** How many requests have come. */
    public long requests() {
        return requests.get();
    }

    /** What is to go wrong. */
    public Faults faults() {
        return faults;
    }

    /** Names of the files that lie in buckets. */
    public List<String> files() {
        return buckets.names();
    }

    /** The tables and views of a dataset, sorted. */
    public List<String> tables(String dataset) {
        return metadata.names(dataset);
    }

    private DuckDBConnection duplicate() throws SQLException {
        return (DuckDBConnection) database.unwrap(DuckDBConnection.class).duplicate();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            byte[] body = body(exchange);
            String path = exchange.getRequestURI().getPath();
            Faults.Fault fault = faults.next(exchange.getRequestMethod() + " " + path);
            if (fault != null && !fault.afterwards()) {
                answer(exchange, fault.status(), Answers.error(fault.status(), fault.reason(), "injected"));
                return;
            }
            Matcher matcher = PATH.matcher(path);
            Reply reply = Buckets.takes(path)
                    ? new Reply(buckets.handle(exchange, endpoint(), body), null)
                    : matcher.matches()
                            ? reply(exchange, matcher.group(1) != null, matcher.group(2), matcher.group(3), body)
                            : Reply.missing(path);
            if (fault != null) {
                answer(exchange, fault.status(), Answers.error(fault.status(), fault.reason(), "injected"));
            } else if (reply.json == null) {
                exchange.sendResponseHeaders(reply.status, -1);
            } else {
                answer(exchange, reply.status, reply.json);
            }
        } catch (SQLException | RuntimeException e) {
            answer(exchange, 400, Answers.error(400, "invalid", "The stand-in cannot do this: " + e));
        }
    }

    /** An answer; without JSON it has no body. */
    private record Reply(int status, @Nullable ObjectNode json) {
        static Reply missing(String what) {
            return new Reply(404, Answers.error(404, "notFound", "Not found: " + what));
        }

        static Reply of(@Nullable ObjectNode found, String what) {
            return found == null ? missing(what) : new Reply(200, found);
        }
    }

    private Reply reply(HttpExchange exchange, boolean upload, String project, String path, byte[] body)
            throws SQLException, IOException {
        String method = exchange.getRequestMethod();
        String[] parts = path.split("/", -1);
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        if (upload) {
            return method.equals("POST") ? begin(exchange, project, body) : chunk(exchange, body);
        }
        if (path.equals("queries")) {
            return query(project, json.readTree(body).path("query").asText());
        }
        if (path.equals("jobs") && method.equals("POST")) {
            return insert(project, (ObjectNode) json.readTree(body));
        }
        if (path.equals("jobs")) {
            Matcher parent = Pattern.compile("parentJobId=([^&]+)").matcher(query);
            return Reply.of(parent.find() ? children.get(parent.group(1)) : null, "a parent job");
        }
        if (parts[0].equals("jobs")) {
            return Reply.of(jobs.get(parts[1]), "Job " + parts[1]);
        }
        if (parts[0].equals("datasets") && parts.length == 2) {
            return Reply.of(metadata.dataset(project, parts[1]), "Dataset " + project + ":" + parts[1]);
        }
        if (parts[0].equals("datasets") && parts.length == 4 && method.equals("GET")) {
            return Reply.of(metadata.table(project, parts[1], parts[3]), "Table " + parts[1] + "." + parts[3]);
        }
        if (parts[0].equals("datasets") && parts.length == 4 && method.equals("DELETE")) {
            return drop(parts[1], parts[3]);
        }
        return Reply.missing(method + " " + path);
    }

    private Reply drop(String dataset, String table) throws SQLException {
        if (metadata.find(dataset, table) == null) {
            return Reply.missing("Table " + dataset + "." + table);
        }
        try (Connection connection = duplicate();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + table(dataset, table));
        }
        metadata.remove(dataset, table);
        return new Reply(204, null);
    }

    private Reply query(String project, String sql) throws SQLException {
        ObjectNode answer = json.createObjectNode().put("kind", "bigquery#queryResponse");
        answer.putObject("jobReference")
                .put("projectId", project)
                .put("jobId", "query_" + requests.get())
                .put("location", "US");
        try (Connection connection = duplicate()) {
            new Script(connection, metadata).query(sql, answer);
            return new Reply(200, answer.put("jobComplete", true));
        } catch (Script.Refused e) {
            int status = e.reason().equals("notFound") ? 404 : 400;
            return new Reply(status, Answers.error(status, e.reason(), String.valueOf(e.getMessage())));
        }
    }

    private Reply insert(String project, ObjectNode job) throws SQLException, IOException {
        String id = job.at("/jobReference/jobId").asText();
        ObjectNode made = Answers.job(project, id, job);
        if (job.at("/configuration/dryRun").asBoolean()) {
            Answers.done(made, null);
            return new Reply(200, made);
        }
        if (jobs.putIfAbsent(id, made) != null) {
            return new Reply(409, Answers.error(409, "duplicate", "Already Exists: Job " + id));
        }
        if (job.at("/configuration").has("load")) {
            String uri = job.at("/configuration/load/sourceUris/0").asText();
            return load(id, made, buckets.file(uri));
        }
        Faults.Fault fault = faults.next("job " + id);
        try (Connection connection = duplicate()) {
            if (fault != null) {
                throw new Script.Refused(fault.reason(), "injected");
            }
            Script script = new Script(connection, metadata);
            script.run(job.at("/configuration/query/query").asText());
            children.put(id, Answers.children(project, id, script));
            Answers.done(made, null);
        } catch (Script.Refused e) {
            Answers.done(made, e);
        }
        return new Reply(200, made);
    }

    private Reply begin(HttpExchange exchange, String project, byte[] body) throws IOException {
        ObjectNode job = (ObjectNode) json.readTree(body);
        String id = job.at("/jobReference/jobId").asText();
        if (jobs.containsKey(id)) {
            return new Reply(409, Answers.error(409, "duplicate", "Already Exists: Job " + id));
        }
        loads.put(id, Answers.job(project, id, job));
        uploads.begin(exchange, endpoint(), id);
        return new Reply(200, json.createObjectNode());
    }

    private Reply chunk(HttpExchange exchange, byte[] body) throws SQLException, IOException {
        String id = uploads.id(exchange);
        if (id == null) {
            return Reply.missing("Upload");
        }
        byte[] content = uploads.piece(exchange, id, body);
        if (content == null) {
            return new Reply(308, null);
        }
        ObjectNode job = Objects.requireNonNull(loads.remove(id));
        if (jobs.putIfAbsent(id, job) != null) {
            return new Reply(409, Answers.error(409, "duplicate", "Already Exists: Job " + id));
        }
        return load(id, job, content);
    }

    private Reply load(String id, ObjectNode job, byte @Nullable [] file) throws SQLException, IOException {
        JsonNode table = job.at("/configuration/load/destinationTable");
        Faults.Fault fault = faults.next("load " + id);
        if (fault != null || file == null) {
            Answers.done(job, new Script.Refused(fault == null ? "notFound" : fault.reason(), "injected, or no file"));
            return new Reply(200, job);
        }
        try (DuckDBConnection connection = duplicate()) {
            AvroLoad.run(
                    connection,
                    metadata,
                    table.path("datasetId").asText(),
                    table.path("tableId").asText(),
                    file);
        }
        Answers.done(job, null);
        return new Reply(200, job);
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        InputStream in = exchange.getRequestBody();
        boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream plain = zipped ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        }
    }

    private void answer(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        byte[] bytes = json.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json; charset=UTF-8");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        try {
            database.close();
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
