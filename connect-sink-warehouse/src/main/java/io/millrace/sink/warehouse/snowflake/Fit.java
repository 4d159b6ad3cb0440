package io.millrace.sink.warehouse.snowflake;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a column's type holds every value of another type, each unchanged. Pure. */
final class Fit {
    private static final Pattern NUMBER = Pattern.compile("NUMBER\\((\\d+),(\\d+)\\)");
    private static final Pattern SIZED = Pattern.compile("(VARCHAR|BINARY)(?:\\((\\d+)\\))?");
    private static final Pattern TIME = Pattern.compile("(TIME|TIMESTAMP_NTZ|TIMESTAMP_TZ|TIMESTAMP_LTZ)\\((\\d)\\)");

    private Fit() {}

    /** @param from what the source's values become in a table that is made for them */
    static boolean holds(String to, String from) {
        if (to.equals(from) || holdsNumber(to, from) || holdsText(to, from) || holdsTime(to, from)) {
            return true;
        }
        return to.equals("VARIANT") && Set.of("ARRAY", "OBJECT").contains(from);
    }

    /**
     * Numbers of more digits and texts of more length: what Snowflake changes a column to. It does not change how many
     * digits are behind the point.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/alter-table-column">ALTER TABLE ... ALTER COLUMN</a>
     */
    static boolean widens(String from, String to) {
        Matcher narrow = NUMBER.matcher(from);
        Matcher wide = NUMBER.matcher(to);
        boolean numbers = narrow.matches() && wide.matches() && narrow.group(2).equals(wide.group(2));
        return numbers && holdsNumber(to, from) || from.startsWith("VARCHAR(") && holdsText(to, from);
    }

    private static boolean holdsNumber(String to, String from) {
        Matcher narrow = NUMBER.matcher(from);
        Matcher wide = NUMBER.matcher(to);
        return narrow.matches()
                && wide.matches()
                && number(wide, 2) >= number(narrow, 2)
                && number(wide, 1) - number(wide, 2) >= number(narrow, 1) - number(narrow, 2);
    }

    private static boolean holdsText(String to, String from) {
        Matcher narrow = SIZED.matcher(from);
        Matcher wide = SIZED.matcher(to);
        if (!narrow.matches() || !wide.matches() || !narrow.group(1).equals(wide.group(1))) {
            return false;
        }
        return wide.group(2) == null || narrow.group(2) != null && number(wide, 2) >= number(narrow, 2);
    }

    /** Also an instant in a column that shows it in the session's zone. */
    private static boolean holdsTime(String to, String from) {
        Matcher fine = TIME.matcher(to);
        Matcher coarse = TIME.matcher(from);
        return fine.matches()
                && coarse.matches()
                && number(fine, 2) >= number(coarse, 2)
                && (fine.group(1).equals(coarse.group(1))
                        || fine.group(1).equals("TIMESTAMP_LTZ")
                                && coarse.group(1).equals("TIMESTAMP_TZ"));
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
