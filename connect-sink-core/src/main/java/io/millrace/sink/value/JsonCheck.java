package io.millrace.sink.value;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.connect.errors.DataException;

/**
 * Whether a text is JSON that a warehouse's own type holds without loss: doubles, what numbers it holds exactly besides,
 * names that are there once in their object, and nothing deeper than 500 levels. White space and the order of names are not
 * kept. Safe for several threads.
 */
public final class JsonCheck {
    private static final int DEEPEST = 500;

    private final String type;
    private final String kind;
    private final Exact exact;

    /** Tells which numbers are held exactly, whether or not they are doubles. */
    public interface Exact {
        /** @param text the number's digits, sign and exponent as they stand there */
        boolean holds(BigDecimal number, String text);
    }

    /**
     * For messages: what {@code type} holds besides doubles.
     *
     * @param type for example "a VARIANT"
     * @param kind for example "64-bit integer"
     */
    public JsonCheck(String type, String kind, Exact exact) {
        this.type = type;
        this.kind = kind;
        this.exact = exact;
    }

    /**
     * The text itself.
     *
     * @throws DataException for text that is not; the message does not show it
     */
    public String checked(String text) {
        new Walk(text).whole();
        return text;
    }

    private static DataException malformed() {
        return new DataException("a text is not JSON");
    }

    private void number(String text) {
        BigDecimal number;
        try {
            number = new BigDecimal(text);
        } catch (NumberFormatException e) {
            // Not as the cause: its message may show the value.
            throw malformed();
        }
        if (exact.holds(number, text)) {
            return;
        }
        double nearest = number.doubleValue();
        if (Double.isInfinite(nearest) || new BigDecimal(Double.toString(nearest)).compareTo(number) != 0) {
            throw new DataException(
                    "a number inside JSON is no " + kind + " and no double, and " + type + " holds no other");
        }
    }

    /** One text, from its beginning to its end. */
    private final class Walk {
        private final String text;
        private int at;

        Walk(String text) {
            this.text = text;
        }

        void whole() {
            value(0);
            space();
            if (at != text.length()) {
                throw malformed();
            }
        }

        private void value(int depth) {
            if (depth > DEEPEST) {
                throw new DataException("JSON is nested deeper than " + DEEPEST + " levels");
            }
            space();
            char c = next();
            if (c == '{') {
                object(depth);
            } else if (c == '[') {
                array(depth);
            } else if (c == '"') {
                string();
            } else if (c == '-' || c >= '0' && c <= '9') {
                digits();
            } else {
                word(c == 't' ? "true" : c == 'f' ? "false" : "null");
            }
        }

        private void object(int depth) {
            Set<String> names = new HashSet<>();
            boolean first = true;
            while (!isClosed('}', first)) {
                first = false;
                space();
                if (next() != '"') {
                    throw malformed();
                }
                int begin = at;
                string();
                if (!names.add(text.substring(begin, at))) {
                    throw new DataException("a name is twice in a JSON object, and " + type + " holds it once");
                }
                space();
                if (next() != ':') {
                    throw malformed();
                }
                value(depth + 1);
            }
        }

        private void array(int depth) {
            boolean first = true;
            while (!isClosed(']', first)) {
                first = false;
                value(depth + 1);
            }
        }

        private boolean isClosed(char end, boolean first) {
            space();
            char c = next();
            if (c == end) {
                return true;
            }
            if (first) {
                at--;
            } else if (c != ',') {
                throw malformed();
            }
            return false;
        }

        private void string() {
            for (char c = next(); c != '"'; c = next()) {
                if (c < ' ') {
                    throw malformed();
                }
                if (c == '\\') {
                    next();
                }
            }
        }

        private void digits() {
            int begin = at - 1;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            number(text.substring(begin, at));
        }

        private void word(String word) {
            if (!text.startsWith(word, at - 1)) {
                throw malformed();
            }
            at += word.length() - 1;
        }

        private void space() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private char next() {
            if (at >= text.length()) {
                throw malformed();
            }
            return text.charAt(at++);
        }
    }
}
