package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** Writes ISO-8601 text as Debezium does with {@code java.time}'s formatters, but into one small array. */
final class IsoText {
    private static final int LONGEST_TIMESTAMP = 40;

    private IsoText() {}

    /**
     * {@code 2024-02-29T12:00:00.000000Z}; years beyond 9999 have a sign.
     *
     * @param micros since 2000 in UTC
     * @param fraction how many digits of a second's fraction; 0 for as many as are not zero
     */
    static String timestamp(long micros, int fraction) {
        long day = Math.floorDiv(micros, PostgresTime.MICROS_PER_DAY);
        byte[] text = new byte[LONGEST_TIMESTAMP];
        int position = date(text, day + PostgresTime.EPOCH_DAY);
        text[position++] = 'T';
        position = time(text, position, micros - day * PostgresTime.MICROS_PER_DAY, fraction);
        text[position++] = 'Z';
        return new String(text, 0, position, StandardCharsets.ISO_8859_1);
    }

    /** {@code 12:00:00.5Z}, of microseconds since midnight in UTC. */
    static String time(long micros) {
        byte[] text = new byte[20];
        int position = time(text, 0, micros, 0);
        text[position++] = 'Z';
        return new String(text, 0, position, StandardCharsets.ISO_8859_1);
    }

    private static int date(byte[] text, long epochDay) {
        long civil = PostgresTime.civil(epochDay);
        int year = PostgresTime.year(civil);
        int position = 0;
        if (year < 0) {
            text[position++] = '-';
        } else if (year > 9999) {
            text[position++] = '+';
        }
        int absolute = Math.abs(year);
        int width = absolute > 99_999 ? 6 : absolute > 9999 ? 5 : 4;
        position = Digits.write(text, position, absolute, width);
        text[position++] = '-';
        position = Digits.write(text, position, PostgresTime.month(civil), 2);
        text[position++] = '-';
        return Digits.write(text, position, PostgresTime.day(civil), 2);
    }

    private static int time(byte[] text, int start, long microsOfDay, int fraction) {
        int seconds = (int) (microsOfDay / 1_000_000);
        int micros = (int) (microsOfDay % 1_000_000);
        int position = Digits.write(text, start, seconds / 3600, 2);
        text[position++] = ':';
        position = Digits.write(text, position, seconds / 60 % 60, 2);
        text[position++] = ':';
        position = Digits.write(text, position, seconds % 60, 2);
        if (fraction == 0 && micros == 0) {
            return position;
        }
        text[position++] = '.';
        Digits.write(text, position, micros, 6);
        if (fraction > 0) {
            return position + fraction;
        }
        int last = position + 6;
        while (text[last - 1] == '0') {
            last--;
        }
        return last;
    }
}
