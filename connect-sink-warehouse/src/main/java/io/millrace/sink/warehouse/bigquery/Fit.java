package io.millrace.sink.warehouse.bigquery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a column's type holds every value of another type, each unchanged. Pure. */
final class Fit {
    private static final Pattern DECIMAL = Pattern.compile("(BIG)?NUMERIC(?:\\((\\d+), (\\d+)\\))?");

    private Fit() {}

    /** Digits before and behind the point. */
    private record Digits(int before, int behind, int rank) {
        boolean hold(Digits other) {
            return before >= other.before && behind >= other.behind;
        }
    }

    static boolean holds(String to, String from) {
        return to.equals(from) || widens(from, to);
    }

    /** Numbers upwards, and texts of a length to any: what a column may be changed to. */
    static boolean widens(String from, String to) {
        if (from.startsWith("STRING(") || from.startsWith("BYTES(")) {
            return to.equals(from.substring(0, from.indexOf('(')));
        }
        Digits narrow = digits(from);
        Digits wide = digits(to);
        return narrow != null && wide != null && wide.rank() >= narrow.rank() && wide.hold(narrow);
    }

    private static @Nullable Digits digits(String type) {
        if (type.equals("INT64")) {
            return new Digits(19, 0, 0);
        }
        Matcher decimal = DECIMAL.matcher(type);
        if (!decimal.matches()) {
            return null;
        }
        boolean big = decimal.group(1) != null;
        int rank = big ? 2 : 1;
        if (decimal.group(2) == null) {
            return big ? new Digits(38, 38, rank) : new Digits(29, 9, rank);
        }
        int scale = Integer.parseInt(decimal.group(3));
        return new Digits(Integer.parseInt(decimal.group(2)) - scale, scale, rank);
    }
}
