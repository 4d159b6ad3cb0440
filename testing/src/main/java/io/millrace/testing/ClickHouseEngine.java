package io.millrace.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * ClickHouse's own engine behind an HTTP front ({@code testing/emulators/clickhouse.py}), in a process of its own with an
 * empty folder. {@code testing/emulators/install} fetches it. One request is worked on at a time.
 */
public final class ClickHouseEngine implements AutoCloseable {
    private static final String INSTALL = "testing/emulators/install";

    private final Process process;
    private final TemporaryFolder folder;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Runnable end;

    private ClickHouseEngine(Process process, TemporaryFolder folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
        end = process::destroyForcibly;
        OnExit.add(end);
    }

    /**
     * Fetches the engine where it is not there yet: half a gigabyte, once.
     *
     * @throws IllegalStateException with what the script says
     */
    public static void fetch() {
        try {
            Process process = new ProcessBuilder(
                            Settings.root().resolve(INSTALL).toString(), "clickhouse")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(said.trim());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while fetching", e);
        }
    }

    /** Fails, saying what to do, when the engine was not fetched. */
    public static ClickHouseEngine start() {
        Path library = home().resolve("clickhouse/libchdb.so");
        if (!Files.exists(library)) {
            throw new IllegalStateException(library + " is missing: run " + INSTALL + " clickhouse");
        }
        TemporaryFolder folder = TemporaryFolder.create("millrace-clickhouse");
        try {
            Process process = new ProcessBuilder(List.of(
                            "python3",
                            Settings.root()
                                    .resolve("testing/emulators/clickhouse.py")
                                    .toString(),
                            library.toString(),
                            folder.path().toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String line = Optional.ofNullable(output.readLine()).orElse("");
            if (!line.startsWith("listening on ")) {
                process.destroyForcibly();
                throw new IllegalStateException("The engine has not started: " + line);
            }
            return new ClickHouseEngine(process, folder, Integer.parseInt(line.substring("listening on ".length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path home() {
        String given = System.getenv("MILLRACE_EMULATORS");
        String cache = System.getenv("XDG_CACHE_HOME");
        if (given != null) {
            return Path.of(given);
        }
        Path caches =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return caches.resolve("millrace/emulators");
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The answer to a statement, as tab-separated text. */
    public String run(String sql) {
        return run(sql, "TabSeparated");
    }

    /** The answer to a statement in one of ClickHouse's formats. */
    public String run(String sql, String format) {
        return send(HttpRequest.newBuilder(URI.create(url() + "/?default_format=" + format))
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build());
    }

    /** How many requests it has had, and how many rows were inserted, as JSON. */
    public String counts() {
        return send(HttpRequest.newBuilder(URI.create(url() + "/counts")).build());
    }

    private String send(HttpRequest request) {
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        OnExit.remove(end);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        folder.close();
    }
}
