package io.millrace.source.codec;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Types made of others, as Postgres writes them: what each part's text needs of quotes depends on what it is inside. */
final class NestedTexts {
    private static final int MOST_DIMENSIONS = 6;
    private static final int EMPTY = 1;
    private static final int LOWER_INCLUSIVE = 2;
    private static final int UPPER_INCLUSIVE = 4;
    private static final int LOWER_INFINITE = 8;
    private static final int UPPER_INFINITE = 16;

    private NestedTexts() {}

    /** {@code {1,NULL}}, <code>[0:1]={a,b}</code>, {@code {{1,2},{3,4}}}. */
    static TextForm array(TextForm element, char delimiter) {
        return (buffer, offset, length, text) -> {
            Parts parts = new Parts(buffer, offset, length);
            int dimensions = parts.int32();
            if (dimensions < 0 || dimensions > MOST_DIMENSIONS) {
                throw new Malformed("the dimensions do not fit the length");
            }
            parts.skip(8);
            int[] sizes = bounds(parts, dimensions, length, text);
            if (dimensions == 0) {
                text.append("{}");
            } else {
                elements(parts, element, delimiter, sizes, 0, text);
            }
            parts.finish();
        };
    }

    /** The elements of {@code oidvector} and {@code int2vector}, which are arrays with another text. */
    static TextForm vector(TextForm element) {
        return (buffer, offset, length, text) -> {
            Parts parts = new Parts(buffer, offset, length);
            parts.skip(12);
            int count = parts.count(4);
            parts.skip(4);
            for (int i = 0; i < count; i++) {
                int size = parts.int32();
                element.append(buffer, parts.skip(size), size, i == 0 ? text : text.append(' '));
            }
            parts.finish();
        };
    }

    private static int[] bounds(Parts parts, int dimensions, int length, StringBuilder text) {
        int[] sizes = new int[dimensions];
        long count = 1;
        StringBuilder bounds = new StringBuilder();
        boolean shown = false;
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = parts.int32();
            int lower = parts.int32();
            count *= sizes[i];
            if (sizes[i] < 1 || count > length / 4) {
                throw new Malformed("the dimensions do not fit the length");
            }
            shown |= lower != 1;
            bounds.append('[')
                    .append(lower)
                    .append(':')
                    .append(lower + sizes[i] - 1)
                    .append(']');
        }
        if (shown) {
            text.append(bounds).append('=');
        }
        return sizes;
    }

    private static void elements(
            Parts parts, TextForm element, char delimiter, int[] sizes, int dimension, StringBuilder text) {
        text.append('{');
        for (int i = 0; i < sizes[dimension]; i++) {
            if (i > 0) {
                text.append(delimiter);
            }
            if (dimension + 1 < sizes.length) {
                elements(parts, element, delimiter, sizes, dimension + 1, text);
            } else {
                ArrayText.quote(text, part(parts, element), delimiter);
            }
        }
        text.append('}');
    }

    private static @Nullable String part(Parts parts, TextForm form) {
        int size = parts.int32();
        if (size == -1) {
            return null;
        }
        int start = parts.skip(size);
        StringBuilder text = new StringBuilder(Math.max(16, size));
        form.append(parts.buffer(), start, size, text);
        return text.toString();
    }

    /** {@code [1,5)}, {@code empty}, {@code (,)}. */
    static TextForm range(TextForm bound) {
        return (buffer, offset, length, text) -> {
            Parts parts = new Parts(buffer, offset, length);
            int flags = parts.int8();
            if ((flags & EMPTY) != 0) {
                text.append("empty");
            } else {
                text.append((flags & LOWER_INCLUSIVE) != 0 ? '[' : '(');
                if ((flags & LOWER_INFINITE) == 0) {
                    quote(part(parts, bound), text);
                }
                text.append(',');
                if ((flags & UPPER_INFINITE) == 0) {
                    quote(part(parts, bound), text);
                }
                text.append((flags & UPPER_INCLUSIVE) != 0 ? ']' : ')');
            }
            parts.finish();
        };
    }

    /** {@code {[1,5),[7,9)}}. */
    static TextForm multirange(TextForm range) {
        return (buffer, offset, length, text) -> {
            Parts parts = new Parts(buffer, offset, length);
            int count = parts.count(5);
            text.append('{');
            for (int i = 0; i < count; i++) {
                int size = parts.int32();
                range.append(buffer, parts.skip(size), size, i == 0 ? text : text.append(','));
            }
            text.append('}');
            parts.finish();
        };
    }

    /** An attribute as of when the catalog was read. */
    record Attribute(int oid, TextForm form) {}

    /**
     * {@code (1,,"a b")}, an absent attribute as nothing. Each value tells its attributes' types: a row that was written
     * before an attribute was added has fewer, one that is written after it more.
     *
     * @param types the form of a type that is not at its place among the attributes, null when there is none
     */
    static TextForm composite(List<Attribute> attributes, IntFunction<@Nullable TextForm> types) {
        Attribute[] expected = attributes.toArray(Attribute[]::new);
        return (buffer, offset, length, text) -> {
            Parts parts = new Parts(buffer, offset, length);
            int count = parts.count(8);
            text.append('(');
            for (int i = 0; i < count; i++) {
                int oid = parts.int32();
                TextForm form = i < expected.length && expected[i].oid() == oid ? expected[i].form() : types.apply(oid);
                if (form == null) {
                    throw new Malformed("an attribute's type is not known; restart the task to read the types again");
                }
                text.append(i == 0 ? "" : ",");
                String value = part(parts, form);
                if (value != null) {
                    quote(value, text);
                }
            }
            text.append(')');
            parts.finish();
        };
    }

    /** As in composites and ranges: a quote or backslash doubled, and in quotes where a reader would stumble. */
    private static void quote(@Nullable String value, StringBuilder text) {
        if (value == null) {
            throw new Malformed("a bound is missing");
        }
        boolean quoted = value.isEmpty();
        for (int i = 0; i < value.length() && !quoted; i++) {
            quoted = special(value.charAt(i));
        }
        if (!quoted) {
            text.append(value);
            return;
        }
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                text.append(character);
            }
            text.append(character);
        }
        text.append('"');
    }

    private static boolean special(char character) {
        return switch (character) {
            case '"', '\\', '(', ')', ',', ' ', '\t', '\n', '\u000b', '\f', '\r' -> true;
            default -> false;
        };
    }
}
