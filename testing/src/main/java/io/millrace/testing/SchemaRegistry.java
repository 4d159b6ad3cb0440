package io.millrace.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * As much of a schema registry as Apicurio's converter asks for: it registers schemas, the same one under the same number,
 * and gives them back (Apicurio Registry 2.6, core API v2). Thread-safe.
 */
public final class SchemaRegistry implements AutoCloseable {
    private static final Pattern BY_NUMBER = Pattern.compile("/apis/registry/v2/ids/contentIds/([0-9]+)(/references)?");

    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Integer, String> schemas = new HashMap<>();
    private final HttpServer server;

    private SchemaRegistry() throws IOException {
        server = LocalHttp.server();
        server.createContext("/", this::answer);
        server.start();
    }

    public static SchemaRegistry start() {
        try {
            return new SchemaRegistry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Settings of a connector whose keys and values are Avro, as Confluent's converter writes them: a zero, four bytes of the
     * schema's number, the value. Of a worker with the plugin folder {@link Settings#avroPlugin}.
     */
    public Map<String, String> converters() {
        Map<String, String> settings = new HashMap<>();
        for (String converter : new String[] {"key.converter", "value.converter"}) {
            settings.put(converter, "io.apicurio.registry.utils.converter.AvroConverter");
            own().forEach((key, value) -> settings.put(converter + "." + key, value));
        }
        return settings;
    }

    /** The same for a converter that is made by hand. */
    public Map<String, String> own() {
        return Map.of(
                "apicurio.registry.url",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/apis/registry/v2",
                "apicurio.registry.as-confluent",
                "true",
                "apicurio.registry.use-id",
                "contentId",
                "apicurio.registry.headers.enabled",
                "false",
                "apicurio.registry.auto-register",
                "true",
                "apicurio.registry.schema-resolver",
                "io.millrace.testing.avro.RememberedSchemas",
                "apicurio.registry.avro-datum-provider",
                "io.millrace.testing.avro.RememberedCodecs");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Matcher number = BY_NUMBER.matcher(path);
            if (exchange.getRequestMethod().equals("POST") && path.endsWith("/artifacts")) {
                String name = exchange.getRequestHeaders().getFirst("X-Registry-ArtifactId");
                int id = register(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                send(
                        exchange,
                        200,
                        "{\"id\":\"%s\",\"version\":\"%d\",\"globalId\":%d,\"contentId\":%d,\"type\":\"AVRO\",\"references\":[]}"
                                .formatted(name, id, id, id));
            } else if (number.matches()) {
                String schema = schema(Integer.parseInt(number.group(1)));
                if (schema == null) {
                    send(exchange, 404, "{\"error_code\":404,\"message\":\"no such schema\"}");
                } else {
                    send(exchange, 200, number.group(2) == null ? schema : "[]");
                }
            } else {
                send(exchange, 501, "{\"error_code\":501,\"message\":\"not answered here: " + path + "\"}");
            }
        }
    }

    private synchronized int register(String schema) {
        return numbers.computeIfAbsent(schema, added -> {
            int number = numbers.size() + 1;
            schemas.put(number, added);
            return number;
        });
    }

    private synchronized @Nullable String schema(int number) {
        return schemas.get(number);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
