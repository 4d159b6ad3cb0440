package io.millrace.sink.warehouse.duckdb;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a column's type holds every value of another type, each unchanged. Pure. */
final class Fit {
    private static final Pattern DECIMAL = Pattern.compile("DECIMAL\\((\\d+),(\\d+)\\)");
    private static final List<String> INTEGERS = List.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT");
    private static final Map<String, Integer> DIGITS = Map.of("TINYINT", 3, "SMALLINT", 5, "INTEGER", 10, "BIGINT", 19);

    private Fit() {}

    /**
     * @param from what the source's values become in a table that is made for them
     * @param staged whether they are staged as text
     */
    static boolean holds(String to, String from, boolean staged) {
        // The catalog quotes the names of a struct's fields only where it has to.
        if (to.replace("\"", "").equals(from.replace("\"", "")) || widens(from, to)) {
            return true;
        }
        if (to.equals("VARCHAR")) {
            // The text of a zoned time would depend on who looks.
            return !from.contains("TIME ZONE");
        }
        boolean text = staged && from.equals("VARCHAR");
        boolean small = INTEGERS.indexOf(from) >= 0 && INTEGERS.indexOf(from) <= INTEGERS.indexOf("INTEGER");
        return text && (to.startsWith("ENUM(") || to.equals("JSON"))
                || to.equals("DOUBLE") && (small || from.equals("FLOAT"));
    }

    /** Integers and decimals upwards: what a column may be changed to. */
    static boolean widens(String from, String to) {
        int small = INTEGERS.indexOf(from);
        Matcher decimal = DECIMAL.matcher(to);
        if (small >= 0) {
            return decimal.matches()
                    ? DIGITS.getOrDefault(from, 39) <= number(decimal, 1) - number(decimal, 2)
                    : INTEGERS.indexOf(to) > small;
        }
        Matcher narrow = DECIMAL.matcher(from);
        return narrow.matches()
                && decimal.matches()
                && number(decimal, 2) >= number(narrow, 2)
                && number(decimal, 1) - number(decimal, 2) >= number(narrow, 1) - number(narrow, 2);
    }

    private static int number(Matcher decimal, int group) {
        return Integer.parseInt(decimal.group(group));
    }
}
