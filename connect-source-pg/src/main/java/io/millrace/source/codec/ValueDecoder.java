package io.millrace.source.codec;

/**
 * Turns one value's bytes into its Connect value. Implementations have no state that changes. They check lengths against
 * {@code length} before reading, since the buffer goes on behind the value, and throw {@link Malformed} (or what Java
 * throws for an index or a number format; the codec turns all into {@link DecodingException}).
 */
interface ValueDecoder {
    /** Whether {@link #binary} is implemented; if not, the server must be asked for text. */
    default boolean readsBinary() {
        return true;
    }

    Object binary(byte[] buffer, int offset, int length);

    Object text(byte[] buffer, int offset, int length);
}
