package io.millrace.source.codec;

/** Thrown by decoders; the codec adds the names of column and type. The message is a constant or holds lengths only, never data. */
final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
        super(message, null, false, false);
    }

    static void length(int expected, int length) {
        if (length != expected) {
            throw new Malformed(expected + " bytes expected");
        }
    }
}
