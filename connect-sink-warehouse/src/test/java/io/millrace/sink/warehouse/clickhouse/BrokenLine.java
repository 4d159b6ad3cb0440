package io.millrace.sink.warehouse.clickhouse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.testing.LocalHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Between a client and a server: hands requests on, until it breaks for good. */
final class BrokenLine implements AutoCloseable {
    private static final List<String> PASSED = List.of("content-type", "authorization", "x-clickhouse-format");

    private final HttpServer front;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private final String server;
    private final int last;
    private final boolean arrives;
    private final Consumer<String> before;
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * Breaks at the request of number {@code last}, counted from 1; never when negative.
     *
     * @param arrives whether that request reaches the server, and only its answer is lost
     */
    BrokenLine(String server, int last, boolean arrives) {
        this(server, last, arrives, statement -> {});
    }

    /** One that does not break. {@code before}: sees each request's body before it is handed on. */
    BrokenLine(String server, Consumer<String> before) {
        this(server, -1, false, before);
    }

    private BrokenLine(String server, int last, boolean arrives, Consumer<String> before) {
        this.before = before;
        this.server = server;
        this.last = last;
        this.arrives = arrives;
        try {
            front = LocalHttp.server();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        front.createContext("/", this::handle);
        front.setExecutor(threads);
        front.start();
    }

    String url() {
        return "http://127.0.0.1:" + front.getAddress().getPort();
    }

    int requests() {
        return requests.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int number = requests.incrementAndGet();
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean broken = last >= 0 && number >= last;
            if (broken && !(number == last && arrives)) {
                throw new IOException("The line is broken");
            }
            before.accept(new String(body, StandardCharsets.UTF_8));
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + exchange.getRequestURI()))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            PASSED.forEach(name -> {
                String value = exchange.getRequestHeaders().getFirst(name);
                if (value != null) {
                    request.header(name, value);
                }
            });
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (broken) {
                throw new IOException("The line is broken");
            }
            answer.headers().map().forEach((name, values) -> {
                if (name.startsWith("x-clickhouse-")) {
                    exchange.getResponseHeaders().set(name, values.get(0));
                }
            });
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        front.stop(0);
        threads.shutdownNow();
    }
}
