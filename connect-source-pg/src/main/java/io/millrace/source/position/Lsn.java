package io.millrace.source.position;

/** A WAL position as an unsigned 64-bit count of bytes; written as the server writes it, {@code 16/B374D848}. */
public final class Lsn {
    private Lsn() {}

    public static String text(long lsn) {
        return Long.toHexString(lsn >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
                + Long.toHexString(lsn & 0xffffffffL).toUpperCase(java.util.Locale.ROOT);
    }

    /** Throws {@link IllegalArgumentException} for anything that is not two hexadecimal numbers with a slash. */
    public static long parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("not an LSN: " + text);
        }
        return Long.parseUnsignedLong(text.substring(0, slash), 16) << 32
                | Long.parseUnsignedLong(text.substring(slash + 1), 16);
    }
}
