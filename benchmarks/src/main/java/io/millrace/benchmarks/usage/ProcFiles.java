package io.millrace.benchmarks.usage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linux's files about processes and threads.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
final class ProcFiles {
    /** USER_HZ, a constant of the kernel's interface on all platforms that the servers run on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Of the fields behind the name, which may hold blanks: the state is the first. */
    private static final int PARENT = 1;

    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    private ProcFiles() {}

    /** A process or a thread; seconds of CPU, and those of children that have ended and were waited for. */
    record Stat(String name, long parent, double seconds, double endedChildrenSeconds) {}

    static boolean available() {
        return Files.isReadable(Path.of("/proc/self/stat"));
    }

    /** Null when it has ended. */
    static @Nullable Stat stat(Path folder) {
        try {
            String line = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            return parse(line);
        } catch (IOException e) {
            return null;
        }
    }

    static Stat parse(String line) {
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        String[] fields = line.substring(close + 2).split(" ", -1);
        return new Stat(
                line.substring(open + 1, close),
                Long.parseLong(fields[PARENT]),
                (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_PER_SECOND,
                (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM])) / TICKS_PER_SECOND);
    }

    static List<Stat> threads(long pid) {
        return stats(Path.of("/proc", String.valueOf(pid), "task"));
    }

    static List<Stat> processes() {
        return stats(Path.of("/proc"));
    }

    private static List<Stat> stats(Path parent) {
        var all = new ArrayList<Stat>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "[0-9]*")) {
            for (Path folder : folders) {
                Stat stat = stat(folder);
                if (stat != null) {
                    all.add(stat);
                }
            }
        } catch (IOException e) {
            // The process has ended.
        }
        return all;
    }

    /** A number of {@code /proc/PID/io}, such as {@code rchar}; -1 where it is not told. */
    static long io(long pid, String name) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "io"))) {
                if (line.startsWith(name + ": ")) {
                    return Long.parseLong(line.substring(name.length() + 2));
                }
            }
        } catch (IOException e) {
            // Not told here.
        }
        return -1;
    }
}
