package io.millrace.sink.warehouse.snowflake.encode;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.connect.errors.DataException;

/**
 * Whether a text is JSON that a VARIANT holds without loss: numbers have at most 38 digits or are doubles, and names are
 * there once. White space and the order of names are not kept.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/functions/parse_json">PARSE_JSON</a>
 */
final class VariantJson {
    private static final int DEEPEST = 500;
    private static final int MOST_DIGITS = 38;

    private final String text;
    private int at;

    private VariantJson(String text) {
        this.text = text;
    }

    /** @throws DataException for text that is not; the message does not show it */
    static String checked(String text) {
        VariantJson check = new VariantJson(text);
        check.value(0);
        check.space();
        if (check.at != text.length()) {
            throw malformed();
        }
        return text;
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
            number();
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
                throw new DataException("a name is twice in a JSON object, which a VARIANT does not hold");
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

    /** Whole and fixed-point numbers keep their digits; one with an exponent becomes a double. */
    private void number() {
        int begin = at - 1;
        boolean exponent = false;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            exponent |= "eE".indexOf(text.charAt(at)) >= 0;
            at++;
        }
        BigDecimal number;
        try {
            number = new BigDecimal(text.substring(begin, at));
        } catch (NumberFormatException e) {
            // Not as the cause: its message may show the value.
            throw malformed();
        }
        if (!exponent && number.precision() <= MOST_DIGITS && number.scale() < MOST_DIGITS) {
            return;
        }
        double nearest = number.doubleValue();
        if (Double.isInfinite(nearest) || new BigDecimal(Double.toString(nearest)).compareTo(number) != 0) {
            throw new DataException("a number inside JSON has more than " + MOST_DIGITS
                    + " digits and is no double, and a VARIANT holds no other");
        }
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

    private static DataException malformed() {
        return new DataException("a text is not JSON");
    }
}
