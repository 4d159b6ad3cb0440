package io.millrace.source.query;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as text, in the form that the server reads and writes under {@code DateStyle=ISO}, over its whole range. Pure. */
final class TimeText {
    private static final Pattern FORM = Pattern.compile("(\\d{4,6})-(\\d\\d)-(\\d\\d)"
            + "(?:[ T](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,6}))?)?)? ?(Z|[+-]\\d\\d(?::?\\d\\d){0,2})?( BC)?");
    private static final long SECOND = 1_000_000L;
    private static final long DAY = 86_400 * SECOND;

    private TimeText() {}

    /** Microseconds since 1970; without a zone in the text they are the local clock's, or UTC's. */
    static long micros(String text, boolean zoned) {
        Matcher parts = parts(text);
        String zone = parts.group(8);
        if (zone != null && !zoned) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" names a zone, which a timestamp without time zone has" + " not");
        }
        try {
            LocalTime time = parts.group(4) == null
                    ? LocalTime.MIDNIGHT
                    : LocalTime.of(
                            Integer.parseInt(parts.group(4)),
                            Integer.parseInt(parts.group(5)),
                            parts.group(6) == null ? 0 : Integer.parseInt(parts.group(6)),
                            fraction(parts.group(7)));
            long offset = zone == null ? 0 : ZoneOffset.of(offset(zone)).getTotalSeconds() * SECOND;
            return Math.subtractExact(
                    Math.addExact(Math.multiplyExact(date(parts).toEpochDay(), DAY), time.toNanoOfDay() / 1000),
                    offset);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no time: " + e.getMessage(), e);
        }
    }

    private static int fraction(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt((digits + "00000").substring(0, 6)) * 1000;
    }

    /** Hours alone, or with minutes and seconds, with colons or without. */
    private static String offset(String zone) {
        if (zone.equals("Z")) {
            return zone;
        }
        String digits = zone.substring(1).replace(":", "");
        StringBuilder colons = new StringBuilder(zone.substring(0, 1)).append(digits, 0, 2);
        for (int i = 2; i < digits.length(); i += 2) {
            colons.append(':').append(digits, i, i + 2);
        }
        return colons.toString();
    }

    /** Days since 1970. */
    static long days(String text) {
        Matcher parts = parts(text);
        if (parts.group(4) != null || parts.group(8) != null) {
            throw new IllegalArgumentException("\"" + text + "\" is more than a date");
        }
        try {
            return date(parts).toEpochDay();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no date: " + e.getMessage(), e);
        }
    }

    private static LocalDate date(Matcher parts) {
        int year = Integer.parseInt(parts.group(1));
        return LocalDate.of(
                parts.group(9) == null ? year : 1 - year,
                Integer.parseInt(parts.group(2)),
                Integer.parseInt(parts.group(3)));
    }

    private static Matcher parts(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no time; write 2026-01-31 or 2026-01-31 12:00:00+00");
        }
        return parts;
    }

    /** @param zone to stand behind the time; may be empty */
    static String ofMicros(long micros, String zone) {
        LocalTime time = LocalTime.ofNanoOfDay(Math.floorMod(micros, DAY) * 1000);
        String clock = String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%06d",
                time.getHour(),
                time.getMinute(),
                time.getSecond(),
                time.getNano() / 1000);
        return ofDay(LocalDate.ofEpochDay(Math.floorDiv(micros, DAY)), " " + clock + zone);
    }

    static String ofDays(long days) {
        return ofDay(LocalDate.ofEpochDay(days), "");
    }

    private static String ofDay(LocalDate day, String clock) {
        int year = day.getYear();
        String date = String.format(
                Locale.ROOT, "%04d-%02d-%02d", year > 0 ? year : 1 - year, day.getMonthValue(), day.getDayOfMonth());
        return date + clock + (year > 0 ? "" : " BC");
    }
}
