package io.millrace.source.position;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a table whose keys lie in a range, as it is stored. A bound names the first columns of the key, by the texts of
 * their values, and stands behind all keys that begin with them.
 *
 * @param above exclusive; empty for a range that begins with the first row
 * @param upTo inclusive; empty for one that ends with the last
 */
public record CopiedRange(List<String> above, List<String> upTo) {
    public CopiedRange {
        above = List.copyOf(above);
        upTo = List.copyOf(upTo);
    }

    /** In a form that holds none of {@code : ; }. */
    String text() {
        return text(above) + "/" + text(upTo);
    }

    static CopiedRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a range of keys");
        }
        return new CopiedRange(bound(text.substring(0, slash)), bound(text.substring(slash + 1)));
    }

    static String text(List<String> bound) {
        StringBuilder text = new StringBuilder();
        for (String column : bound) {
            // The mark tells no column from an empty text.
            text.append('=').append(URLEncoder.encode(column, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    static List<String> bound(String text) {
        List<String> bound = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = text.indexOf('=', from + 1);
            to = to < 0 ? text.length() : to;
            bound.add(URLDecoder.decode(text.substring(from + 1, to), StandardCharsets.UTF_8));
            from = to;
        }
        return bound;
    }
}
