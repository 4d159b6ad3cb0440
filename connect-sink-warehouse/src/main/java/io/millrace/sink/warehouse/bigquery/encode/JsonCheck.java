package io.millrace.sink.warehouse.bigquery.encode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.connect.errors.DataException;

/**
 * Whether a text is JSON that a column of type JSON holds without loss: numbers are 64-bit integers or doubles, names are
 * there once, and nothing lies deeper than 500 levels. White space and the order of names are not kept.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#json_type">JSON type</a>
 */
final class JsonCheck {
    private static final int DEEPEST = 500;
    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64);

    private final String text;
    private int at;

    private JsonCheck(String text) {
        this.text = text;
    }

    /** @throws DataException for text that is not; the message does not show it */
    static String checked(String text) {
        JsonCheck check = new JsonCheck(text);
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
                throw new DataException("a name is twice in a JSON object, of which BigQuery's JSON keeps one");
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

    private void number() {
        int begin = at - 1;
        boolean whole = true;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            whole &= ".eE".indexOf(text.charAt(at)) < 0;
            at++;
        }
        try {
            BigDecimal number = new BigDecimal(text.substring(begin, at));
            if (whole) {
                BigInteger integer = number.toBigIntegerExact();
                if (integer.signum() >= 0 ? integer.compareTo(MAX_UNSIGNED) < 0 : integer.bitLength() < Long.SIZE) {
                    return;
                }
            }
            double nearest = number.doubleValue();
            if (Double.isInfinite(nearest) || new BigDecimal(Double.toString(nearest)).compareTo(number) != 0) {
                throw new DataException(
                        "a number inside JSON has more digits than a double holds, and BigQuery's JSON has no other");
            }
        } catch (NumberFormatException e) {
            throw malformed();
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
