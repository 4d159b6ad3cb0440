package io.millrace.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of Connect's REST interface. A reply over 299 becomes a {@link RestException}. For several threads. */
public final class ConnectRest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String url;
    private final Supplier<String> log;

    /** For any worker, for example {@code http://localhost:8083}. */
    public ConnectRest(String url) {
        this(url, () -> "");
    }

    ConnectRest(String url, Supplier<String> log) {
        this.url = url;
        this.log = log;
    }

    /** A refusal: the status and what Connect said. 409 means that it rebalances and may be asked again. */
    public static final class RestException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;

        RestException(int status, String message) {
            super(message);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** GET /health answers 200. */
    public boolean healthy() {
        try {
            return send("GET", "/health", null, Duration.ofSeconds(5)).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    public JsonNode connectorPlugins() {
        return call("GET", "/connector-plugins?connectorsOnly=false", null);
    }

    public List<String> connectors() {
        return JSON.convertValue(
                call("GET", "/connectors", null),
                JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    /** Creates the connector, or gives it this configuration; repeated while the group rebalances. */
    public void put(String connector, Map<String, String> configuration) {
        retrying(() -> call("PUT", "/connectors/" + connector + "/config", configuration));
    }

    /** Creates the connector in state STOPPED, so that offsets can be set before it runs. */
    public void createStopped(String connector, Map<String, String> configuration) {
        var body = Map.of("name", connector, "config", configuration, "initial_state", "STOPPED");
        retrying(() -> call("POST", "/connectors", body));
    }

    public JsonNode config(String connector) {
        return call("GET", "/connectors/" + connector + "/config", null);
    }

    /** Connect's reply to a validation: {@code error_count}, and {@code configs[].value.errors}. */
    public JsonNode validate(Map<String, String> configuration) {
        String className = configuration.get("connector.class");
        return call("PUT", "/connector-plugins/" + className + "/config/validate", configuration);
    }

    /** The errors of a validation by key; empty when the configuration is accepted. */
    public Map<String, List<String>> validationErrors(Map<String, String> configuration) {
        var errors = new TreeMap<String, List<String>>();
        for (JsonNode config : validate(configuration).path("configs")) {
            JsonNode value = config.path("value");
            if (!value.path("errors").isEmpty()) {
                List<String> messages = JSON.convertValue(
                        value.path("errors"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
                errors.put(value.path("name").asText(), messages);
            }
        }
        return errors;
    }

    public ConnectorStatus status(String connector) {
        try {
            return ConnectorStatus.of(call("GET", "/connectors/" + connector + "/status", null));
        } catch (RestException e) {
            // 404 right after it was created: the status topic lags behind.
            if (e.status() == 404) {
                return ConnectorStatus.UNKNOWN;
            }
            throw e;
        }
    }

    /** Waits until the connector and this many tasks run; fails at once with the trace when one of them fails. */
    public void awaitRunning(String connector, int tasks) {
        Await.until(
                connector + " runs with " + tasks + " tasks",
                Duration.ofMinutes(3),
                () -> {
                    ConnectorStatus status = status(connector);
                    if (status.failed()) {
                        throw new AssertionError(connector + " failed: " + status.trace());
                    }
                    return status.running(tasks);
                },
                () -> status(connector) + "\n" + log.get());
    }

    /** Waits until the connector or a task has failed, and returns its trace. */
    public String awaitFailed(String connector) {
        Await.until(
                connector + " fails",
                Duration.ofMinutes(3),
                () -> status(connector).failed(),
                () -> status(connector) + "\n" + log.get());
        return status(connector).trace();
    }

    /** Waits for a state of the connector, for example STOPPED or PAUSED. */
    public void awaitState(String connector, String state) {
        Await.until(
                connector + " is " + state,
                Duration.ofMinutes(3),
                () -> status(connector).connector().equals(state),
                () -> status(connector) + "\n" + log.get());
    }

    public void pause(String connector) {
        retrying(() -> call("PUT", "/connectors/" + connector + "/pause", null));
    }

    /** Ends the tasks; offsets can be changed when {@link #awaitState} has seen STOPPED. */
    public void stop(String connector) {
        retrying(() -> call("PUT", "/connectors/" + connector + "/stop", null));
    }

    public void resume(String connector) {
        retrying(() -> call("PUT", "/connectors/" + connector + "/resume", null));
    }

    /** The connector and its tasks. */
    public void restart(String connector) {
        retrying(() -> call("POST", "/connectors/" + connector + "/restart?includeTasks=true", null));
    }

    public void delete(String connector) {
        retrying(() -> call("DELETE", "/connectors/" + connector, null));
    }

    /** Connect's reply: {@code offsets[].partition} and {@code offsets[].offset}. */
    public JsonNode offsets(String connector) {
        return call("GET", "/connectors/" + connector + "/offsets", null);
    }

    /** Sets one offset of a stopped connector; null removes it. */
    public void alterOffset(String connector, Map<String, ?> partition, @Nullable Map<String, ?> offset) {
        var entry = new LinkedHashMap<String, @Nullable Object>();
        entry.put("partition", partition);
        entry.put("offset", offset);
        retrying(() -> call("PATCH", "/connectors/" + connector + "/offsets", Map.of("offsets", List.of(entry))));
    }

    /** Forgets all offsets of a stopped connector. */
    public void deleteOffsets(String connector) {
        retrying(() -> call("DELETE", "/connectors/" + connector + "/offsets", null));
    }

    private void retrying(Runnable request) {
        for (int attempt = 1; ; attempt++) {
            try {
                request.run();
                return;
            } catch (RestException e) {
                if (e.status() != 409 || attempt == 60) {
                    throw e;
                }
                Await.pause(Duration.ofMillis(500));
            }
        }
    }

    private JsonNode call(String method, String path, @Nullable Object body) {
        try {
            var reply = send(method, path, body, Duration.ofSeconds(90));
            if (reply.statusCode() > 299) {
                throw new RestException(
                        reply.statusCode(),
                        method + " " + path + " answered " + reply.statusCode() + ": " + message(reply.body()));
            }
            return reply.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(reply.body());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + url + path + " failed: " + e + "\n" + log.get(), e);
        }
    }

    private java.net.http.HttpResponse<String> send(String method, String path, @Nullable Object body, Duration timeout)
            throws IOException {
        var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(JSON.writeValueAsString(body));
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, publisher)
                .header("Content-Type", "application/json")
                .timeout(timeout)
                .build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String message(String body) {
        try {
            return JSON.readTree(body).path("message").asText(body);
        } catch (JsonProcessingException e) {
            return body;
        }
    }
}
