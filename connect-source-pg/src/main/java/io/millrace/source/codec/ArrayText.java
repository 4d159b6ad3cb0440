package io.millrace.source.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads array literals: {@code [0:1]={1,NULL}}, <code>{"a \"b\"",c}</code>; and quotes what is to be in one. */
final class ArrayText {
    private final ArrayDecoder array;
    private final byte[] buffer;
    private final int end;
    private int position;
    private byte[] unescaped = new byte[32];

    ArrayText(ArrayDecoder array, byte[] buffer, int offset, int length) {
        this.array = array;
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    List<@Nullable Object> parse() {
        if (position < end && buffer[position] == '[') {
            while (current() != '=') {
                position++;
            }
            position++;
        }
        List<@Nullable Object> values = list();
        if (position != end) {
            throw new Malformed("unexpected text behind the array");
        }
        return values;
    }

    private List<@Nullable Object> list() {
        if (current() != '{') {
            throw new Malformed("an array expected");
        }
        position++;
        List<@Nullable Object> values = new ArrayList<>();
        if (current() == '}') {
            position++;
            return values;
        }
        while (true) {
            if (current() == '{') {
                throw new Malformed(ArrayDecoder.DIMENSIONS);
            }
            values.add(element());
            byte separator = current();
            position++;
            if (separator == '}') {
                return values;
            }
            if (separator != array.delimiter()) {
                throw new Malformed("a delimiter expected");
            }
        }
    }

    private @Nullable Object element() {
        if (current() == '"') {
            return quoted();
        }
        int start = position;
        boolean escapes = false;
        while (current() != array.delimiter() && current() != '}') {
            if (current() == '\\') {
                escapes = true;
                position++;
            }
            position++;
        }
        int length = position - start;
        if (length == 0) {
            throw new Malformed("an element expected");
        }
        if (escapes) {
            throw new Malformed("a backslash outside quotes");
        }
        if (length == 4 && isNull(start)) {
            return null;
        }
        return array.element().text(buffer, start, length);
    }

    private boolean isNull(int start) {
        return (buffer[start] | 32) == 'n'
                && (buffer[start + 1] | 32) == 'u'
                && (buffer[start + 2] | 32) == 'l'
                && (buffer[start + 3] | 32) == 'l';
    }

    private Object quoted() {
        position++;
        int count = 0;
        while (current() != '"') {
            if (current() == '\\') {
                position++;
            }
            if (count == unescaped.length) {
                unescaped = Arrays.copyOf(unescaped, 2 * count);
            }
            unescaped[count++] = current();
            position++;
        }
        position++;
        return array.element().text(unescaped, 0, count);
    }

    private byte current() {
        if (position >= end) {
            throw new Malformed("the array is cut off");
        }
        return buffer[position];
    }

    /** Appends an element as {@code array_out} writes it; an absent one as NULL. */
    static void quote(StringBuilder text, @Nullable String value, char delimiter) {
        if (value == null) {
            text.append("NULL");
        } else if (!needsQuotes(value, delimiter)) {
            text.append(value);
        } else {
            text.append('"');
            for (int i = 0; i < value.length(); i++) {
                char character = value.charAt(i);
                if (character == '"' || character == '\\') {
                    text.append('\\');
                }
                text.append(character);
            }
            text.append('"');
        }
    }

    private static boolean needsQuotes(String value, char delimiter) {
        if (value.isEmpty() || value.equalsIgnoreCase("NULL")) {
            return true;
        }
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"'
                    || character == '\\'
                    || character == '{'
                    || character == '}'
                    || character == delimiter
                    || character == ' '
                    || (character >= '\t' && character <= '\r')) {
                return true;
            }
        }
        return false;
    }
}
