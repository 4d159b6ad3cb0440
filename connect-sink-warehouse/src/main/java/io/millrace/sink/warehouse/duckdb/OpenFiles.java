package io.millrace.sink.warehouse.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The files that connectors in this worker write. The operating system's lock keeps other processes out; within one
 * process DuckDB would let a second connector in, and the two would only collide once they land on different workers.
 */
final class OpenFiles {
    private static final Map<String, Use> USES = new HashMap<>();

    private OpenFiles() {}

    private record Use(String owner, int count) {}

    /**
     * Notes that a connector writes a file; its successive tasks, and one that was taken for dead, may overlap.
     *
     * @return what to give to {@link #release}
     * @throws ConnectException when another connector does
     */
    static String acquire(String file, String owner) {
        String path = canonical(file);
        synchronized (USES) {
            Use use = USES.getOrDefault(path, new Use(owner, 0));
            if (!use.owner.equals(owner)) {
                throw new ConnectException("The file " + path + " is written by the connector \"" + use.owner
                        + "\" in this worker. A DuckDB file has one writer: give \"" + owner
                        + "\" a file of its own, or let one connector read all topics by topics.regex");
            }
            USES.put(path, new Use(owner, use.count + 1));
        }
        return path;
    }

    static boolean isOpen(String file) {
        String path = canonical(file);
        synchronized (USES) {
            return USES.containsKey(path);
        }
    }

    static void release(String path) {
        synchronized (USES) {
            Use use = USES.get(path);
            if (use != null && use.count > 1) {
                USES.put(path, new Use(use.owner, use.count - 1));
            } else {
                USES.remove(path);
            }
        }
    }

    private static String canonical(String file) {
        Path path = Path.of(file).toAbsolutePath().normalize();
        try {
            if (Files.isSymbolicLink(path)) {
                // It may lead to where no file is yet.
                path = path.resolveSibling(Files.readSymbolicLink(path)).normalize();
            }
            Path folder = path.getParent();
            if (Files.exists(path)) {
                return path.toRealPath().toString();
            }
            return folder == null
                    ? path.toString()
                    : folder.toRealPath().resolve(path.getFileName()).toString();
        } catch (IOException e) {
            throw new ConnectException("The folder of " + path + " cannot be looked at", e);
        }
    }
}
