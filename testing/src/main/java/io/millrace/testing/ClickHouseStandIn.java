package io.millrace.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * What speaks ClickHouse's HTTP interface and knows no SQL: it keeps the requests and gives the answers that it was told
 * to give. Without more it is an empty server of version 26.7 that has every database. For what statements do there is
 * {@link ClickHouseEngine}.
 */
public final class ClickHouseStandIn implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Answer> answers;

    /**
     * A request.
     *
     * @param sql the statement, without the rows of an insert
     * @param parameters of its address: settings among them
     * @param body what was sent, compressed or not
     */
    public record Request(String sql, Map<String, String> parameters, Map<String, String> headers, byte[] body) {}

    /** An answer; {@code code} is ClickHouse's of an error, 0 without one. */
    public record Answer(int status, int code, byte[] body) {
        public static final Answer DONE = new Answer(200, 0, new byte[0]);

        /** An error as the server words it. */
        public static Answer error(int code, String message) {
            String text = "Code: " + code + ". DB::Exception: " + message;
            return new Answer(500, code, text.getBytes(StandardCharsets.UTF_8));
        }

        /** One row of texts, in RowBinaryWithNamesAndTypes. */
        public static Answer row(String... texts) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(texts.length);
            for (int i = 0; i < texts.length; i++) {
                text("c" + i, out);
            }
            for (int i = 0; i < texts.length; i++) {
                text("String", out);
            }
            for (String each : texts) {
                text(each, out);
            }
            return new Answer(200, 0, out.toByteArray());
        }

        private static void text(String text, ByteArrayOutputStream out) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            // Lengths below 128 are one byte.
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
    }

    private ClickHouseStandIn(HttpServer server) {
        this.server = server;
        answers = ClickHouseStandIn::empty;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public static ClickHouseStandIn start() {
        try {
            return new ClickHouseStandIn(LocalHttp.server());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an empty server answers. */
    public static Answer empty(Request request) {
        if (request.sql().startsWith("SELECT version()")) {
            return Answer.row("26.7.2.1");
        }
        return request.sql().contains("system.databases") ? Answer.row("1") : Answer.DONE;
    }

    /** Gives these answers from now on. */
    public void answer(Function<Request, Answer> given) {
        answers = given;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All that came so far, in its order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = read(exchange);
            requests.add(request);
            Answer answer = answers.apply(request);
            var headers = exchange.getResponseHeaders();
            if (answer.code() != 0) {
                headers.set("X-ClickHouse-Exception-Code", String.valueOf(answer.code()));
            } else {
                headers.set("X-ClickHouse-Format", "RowBinaryWithNamesAndTypes");
                headers.set("X-ClickHouse-Timezone", "UTC");
                headers.set("X-ClickHouse-Summary", "{\"written_rows\":\"0\"}");
            }
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            if (answer.body().length > 0) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    private static Request read(HttpExchange exchange) throws IOException {
        Map<String, String> parameters = new HashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        for (String each : query == null ? new String[0] : query.split("&", -1)) {
            String[] parts = each.split("=", 2);
            parameters.put(decode(parts[0]), parts.length > 1 ? decode(parts[1]) : "");
        }
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.get(0)));
        byte[] body = exchange.getRequestBody().readAllBytes();
        String sql = parameters.getOrDefault("query", new String(body, StandardCharsets.UTF_8));
        return new Request(sql, parameters, headers, body);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
