package io.millrace.sink.warehouse.clickhouse;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a column's type holds every value of another type, each unchanged. Pure; types are without Nullable. */
final class Fit {
    private static final Pattern DECIMAL = Pattern.compile("Decimal\\((\\d+), (\\d+)\\)");
    private static final List<String> INTEGERS = List.of("Int8", "Int16", "Int32", "Int64", "Int128", "Int256");
    private static final Map<String, Integer> DIGITS =
            Map.of("Int8", 3, "Int16", 5, "Int32", 10, "Int64", 19, "Int128", 39);
    private static final String MICROSECONDS = "DateTime64(6";

    private Fit() {}

    /** Whether the bytes of one type's values are those of the other's. */
    static boolean same(String one, String other) {
        return one.equals(other) || one.startsWith(MICROSECONDS) && other.startsWith(MICROSECONDS);
    }

    /** {@code from}: what the source's values become in a table that is made for them. */
    static boolean holds(String to, String from) {
        if (same(to, from) || widens(from, to) || to.equals("String")) {
            return true;
        }
        boolean small = INTEGERS.indexOf(from) >= 0 && INTEGERS.indexOf(from) <= INTEGERS.indexOf("Int32");
        return from.equals("String") && to.startsWith("Enum")
                || from.equals("Bool") && to.equals("UInt8")
                || to.equals("Float64") && (small || from.equals("Float32"));
    }

    /** Integers and decimals upwards: what a column may be changed to. */
    static boolean widens(String from, String to) {
        int small = INTEGERS.indexOf(from);
        Matcher decimal = DECIMAL.matcher(to);
        if (small >= 0) {
            return decimal.matches()
                    ? DIGITS.getOrDefault(from, 78) <= number(decimal, 1) - number(decimal, 2)
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
