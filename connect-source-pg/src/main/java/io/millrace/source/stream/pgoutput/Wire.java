package io.millrace.source.stream.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A cursor over one message's bytes, big-endian. Every read is checked against the end. Not thread-safe. */
final class Wire {
    private byte[] bytes = {};
    private int position;
    private int end;

    void reset(byte[] message, int from, int to) {
        if (from < 0 || to > message.length || from > to) {
            throw new MalformedMessageException("bounds " + from + " to " + to + " of " + message.length + " bytes");
        }
        bytes = message;
        position = from;
        end = to;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    byte int8() {
        need(1);
        return bytes[position++];
    }

    int int16() {
        need(2);
        int value = (bytes[position] & 0xff) << 8 | bytes[position + 1] & 0xff;
        position += 2;
        return value;
    }

    int int32() {
        need(4);
        int value = (bytes[position] & 0xff) << 24
                | (bytes[position + 1] & 0xff) << 16
                | (bytes[position + 2] & 0xff) << 8
                | bytes[position + 3] & 0xff;
        position += 4;
        return value;
    }

    long int64() {
        long high = int32();
        return high << 32 | int32() & 0xffffffffL;
    }

    /** Passes over a length that the message states. */
    void skip(int length) {
        if (length < 0) {
            throw new MalformedMessageException("length " + length);
        }
        need(length);
        position += length;
    }

    /** Bytes behind their number. */
    byte[] sized() {
        int length = int32();
        int start = position;
        skip(length);
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    String string() {
        int start = position;
        while (position < end && bytes[position] != 0) {
            position++;
        }
        need(1);
        return new String(bytes, start, position++ - start, StandardCharsets.UTF_8);
    }

    private void need(int length) {
        if (end - position < length) {
            throw new MalformedMessageException(length + " bytes wanted, " + (end - position) + " left");
        }
    }
}
