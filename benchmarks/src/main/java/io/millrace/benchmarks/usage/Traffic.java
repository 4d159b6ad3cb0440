package io.millrace.benchmarks.usage;

/**
 * Bytes that a JVM has read and written, files and sockets together. Of a worker at work nearly all of it is sockets:
 * its log is the only file that it still writes.
 *
 * @param received NaN where the system does not tell
 */
public record Traffic(double received, double sent) {
    public static Traffic of(long pid) {
        return new Traffic(known(ProcFiles.io(pid, "rchar")), known(ProcFiles.io(pid, "wchar")));
    }

    private static double known(long bytes) {
        return bytes < 0 ? Double.NaN : bytes;
    }
}
