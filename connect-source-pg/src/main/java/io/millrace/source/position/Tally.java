package io.millrace.source.position;

/**
 * How much was copied.
 *
 * @param bytes as the source sent them
 */
public record Tally(long rows, long bytes) {
    public static final Tally NONE = new Tally(0, 0);

    public Tally plus(Tally more) {
        return new Tally(rows + more.rows, bytes + more.bytes);
    }
}
