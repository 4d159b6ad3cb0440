package io.millrace.testing.snowflake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Internal stages, as folders. */
final class Stages implements AutoCloseable {
    private final Path root;

    Stages() throws IOException {
        root = Files.createTempDirectory("millrace-stages");
    }

    /** The folder or file of a location like {@code @~/path/file}. */
    Path path(String location) {
        String relative = location.substring(1).replace("~", "user").replaceAll("[^A-Za-z0-9/._=-]", "_");
        Path path = root.resolve(relative).normalize();
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException("Not in a stage: " + location);
        }
        return path;
    }

    /** Names of all files, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(String location) throws IOException {
        Path path = path(location);
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        try {
            remove("@");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
