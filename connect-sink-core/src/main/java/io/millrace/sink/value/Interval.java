package io.millrace.sink.value;

import org.apache.kafka.connect.errors.DataException;

/** An interval as Postgres has it: three numbers, none of which is a number of the others. */
public record Interval(long months, long days, long micros) {
    private static final String FORM = "an interval is not of the form P1Y2M3DT4H5M6.7S";
    private static final long SECOND = 1_000_000L;

    /**
     * Reads ISO 8601 with a sign for each part, as {@code interval.handling.mode=string} writes it.
     *
     * @throws DataException for other text, infinity included; the message does not show it
     */
    public static Interval parse(String text) {
        if (text.endsWith("infinity")) {
            throw new DataException("an interval is infinite");
        }
        if (text.length() < 2 || text.charAt(0) != 'P') {
            throw new DataException(FORM);
        }
        long months = 0;
        long days = 0;
        long micros = 0;
        boolean time = false;
        for (int at = 1; at < text.length(); ) {
            if (text.charAt(at) == 'T' && !time) {
                time = true;
                at++;
                continue;
            }
            int end = at;
            while (end < text.length() && "+-.0123456789".indexOf(text.charAt(end)) >= 0) {
                end++;
            }
            if (end == at || end == text.length()) {
                throw new DataException(FORM);
            }
            long number = millionths(text.substring(at, end));
            char unit = text.charAt(end);
            if (!time && unit == 'Y') {
                months += whole(number) * 12;
            } else if (!time && unit == 'M') {
                months += whole(number);
            } else if (!time && unit == 'D') {
                days += whole(number);
            } else if (time && unit == 'H') {
                micros += number * 3600;
            } else if (time && unit == 'M') {
                micros += number * 60;
            } else if (time && unit == 'S') {
                micros += number;
            } else {
                throw new DataException(FORM);
            }
            at = end + 1;
        }
        return new Interval(months, days, micros);
    }

    private static long millionths(String number) {
        try {
            return new java.math.BigDecimal(number).movePointRight(6).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new DataException(FORM, e);
        }
    }

    private static long whole(long millionths) {
        if (millionths % SECOND != 0) {
            throw new DataException(FORM);
        }
        return millionths / SECOND;
    }
}
