package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A folder that goes away with its owner, also when the JVM ends before the owner is closed. */
final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private final Runnable onExit = this::delete;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    static TemporaryFolder create(String name) {
        try {
            var folder = new TemporaryFolder(Files.createTempDirectory("millrace-" + name + "-"));
            OnExit.add(folder.onExit);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        delete();
        OnExit.remove(onExit);
    }

    private void delete() {
        delete(path);
    }

    static void delete(Path path) {
        // A server that is going down may still remove or add files: what fails once is tried again.
        for (int attempt = 1; Files.exists(path); attempt++) {
            try {
                deleteTree(path);
            } catch (IOException e) {
                if (attempt == 50) {
                    throw new UncheckedIOException("Could not delete " + path, e);
                }
                Await.pause(Duration.ofMillis(20));
            }
        }
    }

    private static void deleteTree(Path path) throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
